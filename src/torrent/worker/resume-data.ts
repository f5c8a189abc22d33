import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MAX_METAINFO_BYTES, parseLayout, type TorrentLayout } from '../metainfo.ts';
import { PieceBits } from '../piece-bits.ts';
import { PieceFiles } from '../piece-files.ts';

/** Beside the pieces: what the torrent holds, as a `.torrent` file, and which of its pieces were verified and written. */
const METAINFO_NAME = 'torrent';
const HAVE_NAME = 'have';
/** What came in after the last save is fetched again after a crash, milliseconds. */
const SAVE_AFTER_MS = 1_000;

/** What an earlier run left of a torrent. Its pieces were right then; whether they are still is found out when they are wanted. */
export interface ResumeData {
  metainfo: Uint8Array;
  have: PieceBits;
}

/** Null where nothing that fits was left. Looks at the size of files, not into them. */
export async function readResumeData(folder: string, infoHash: string): Promise<ResumeData | null> {
  try {
    const metainfo = await readBounded(path.join(folder, METAINFO_NAME));
    const layout = parseLayout(metainfo);
    if (layout.infoHash !== infoHash) return null;
    const saved = await readBounded(path.join(folder, HAVE_NAME)).catch(() => null);
    const fits = saved?.length === PieceBits.lengthFor(layout.pieceCount);
    const have = new PieceBits(layout.pieceCount, fits ? new Uint8Array(saved) : undefined);
    await forgetAbsent(have, folder, layout);
    return { metainfo, have };
  } catch {
    return null;
  }
}

/** Keeps a torrent's folder such that a later run, even after a crash of this one, finds in it what was fetched. */
export class ResumeWriter {
  readonly #folder: string;
  readonly #have: PieceBits;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void>;

  constructor(folder: string, { metainfo, have }: ResumeData) {
    this.#folder = folder;
    this.#have = have;
    this.#saving = mkdir(folder, { recursive: true, mode: 0o700 })
      .then(() => this.#write(METAINFO_NAME, metainfo))
      .catch(() => {});
  }

  add(piece: number): void {
    this.#have.add(piece);
    this.#saveSoon();
  }

  delete(piece: number): void {
    this.#have.delete(piece);
    this.#saveSoon();
  }

  /** Saves now. Never rejects: what could not be saved is fetched again. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#save();
    await this.#saving;
  }

  #saveSoon(): void {
    this.#timer ??= setTimeout(() => this.#save(), SAVE_AFTER_MS).unref();
  }

  #save(): void {
    this.#timer = undefined;
    this.#saving = this.#saving.then(() => this.#write(HAVE_NAME, this.#have.bytes)).catch(() => {});
  }

  /** Under another name first: a crash leaves the old or the new one, whole. */
  async #write(name: string, bytes: Uint8Array): Promise<void> {
    const target = path.join(this.#folder, name);
    await writeFile(`${target}.new`, bytes, { mode: 0o600 });
    await rename(`${target}.new`, target);
  }
}

async function readBounded(file: string): Promise<Uint8Array> {
  const { size } = await stat(file);
  if (size > MAX_METAINFO_BYTES) throw new RangeError('too large');
  return readFile(file);
}

/** Pieces whose files are gone or were cut are not there, whatever was saved. */
async function forgetAbsent(have: PieceBits, folder: string, layout: TorrentLayout): Promise<void> {
  const files = new PieceFiles(folder, layout);
  let known = { number: -1, sizeBytes: 0 };
  for (const piece of have) {
    const number = files.numberOf(piece);
    if (number !== known.number) {
      const stats = await stat(files.pathOf(number)).catch(() => null);
      known = { number, sizeBytes: stats?.size ?? 0 };
    }
    if (files.offsetOf(piece) + files.lengthOf(piece) > known.sizeBytes) have.delete(piece);
  }
}
