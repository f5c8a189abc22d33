import { ByteLru } from '../../byte-lru.ts';
import { RaffiError } from '../../errors.ts';
import { SingleFlight } from '../../single-flight.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import type { FileBeside } from '../../source/surroundings.ts';
import {
  type BesideMatch,
  isReadable,
  isSubtitleFolder,
  isSubtitleName,
  subtitlesBeside,
} from '../../subtitles/beside/match-files.ts';
import type { Cue } from '../../subtitles/cue.ts';
import { MAX_SUBTITLE_FILE_BYTES, readSubtitleFile } from '../../subtitles/read-subtitle-file.ts';

/** A subtitle file that lies beside the film, known by its name alone until somebody wants it. */
export type BesideSubtitles = BesideMatch<FileBeside>;

/** Of the files, as they are written; all languages of a release that has many are less. */
const KEPT_BYTES = 4 * MAX_SUBTITLE_FILE_BYTES;
/** Files that are read at once. */
const MAX_AT_ONCE = 8;

/** The subtitle files around a film, in the order in which they are offered. A film plays without them: what keeps them from being found is no failure. */
export async function findBeside(source: ByteSource, signal: AbortSignal): Promise<BesideSubtitles[]> {
  const lookedFor = { isFile: isSubtitleName, isFolder: isSubtitleFolder };
  try {
    const around = await source.surroundings?.(lookedFor, signal);
    if (!around) return [];
    const named = subtitlesBeside(around.film, around.files, around.isRelease);
    const sizes = await Promise.all(named.map(({ file }) => file.size()));
    return named.filter((_, n) => isReadable(sizes[n] ?? 0));
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

/** The lines of those files: read when they are asked for, and kept. */
export class BesideFiles {
  readonly #kept = new ByteLru<{ cues: readonly Cue[]; sizeBytes: number }>(
    ({ sizeBytes }) => sizeBytes,
    KEPT_BYTES,
  );
  /** What is no subtitles does not become any. */
  readonly #unreadable = new Map<string, RaffiError>();
  readonly #flights = new SingleFlight<readonly Cue[]>();
  readonly #reading = new Set<Promise<unknown>>();
  readonly #closed = new AbortController();

  /** @throws `bad_subtitles` with the file's name, `wait_exceeded`, or what reading the file rejects with */
  async cues(subtitles: BesideSubtitles, signal: AbortSignal): Promise<readonly Cue[]> {
    this.#closed.signal.throwIfAborted();
    const { path } = subtitles.file;
    const unreadable = this.#unreadable.get(path);
    if (unreadable) throw unreadable;
    const kept = this.#kept.get(path);
    if (kept) return kept.cues;
    return this.#flights.run(path, (running) => this.#track(this.#read(subtitles, running)), signal);
  }

  /** Settles when nothing of them is open any more. */
  async close(reason: RaffiError): Promise<void> {
    this.#closed.abort(reason);
    this.#flights.abortAll(reason);
    await Promise.allSettled(this.#reading);
  }

  async #read({ file, language }: BesideSubtitles, signal: AbortSignal): Promise<readonly Cue[]> {
    if (this.#reading.size >= MAX_AT_ONCE) {
      throw new RaffiError('wait_exceeded', 'Other subtitles of this film are being read. Ask again.', {
        retryAfterSeconds: 1,
      });
    }
    const bytes = await file.read(MAX_SUBTITLE_FILE_BYTES, signal);
    signal.throwIfAborted();
    try {
      const { cues } = readSubtitleFile(bytes, language);
      this.#kept.set(file.path, { cues, sizeBytes: bytes.length });
      return cues;
    } catch (cause) {
      const error = new RaffiError(
        'bad_subtitles',
        `"${nameOf(file.path)}" holds no subtitles that Raffi can read. Choose another track; the film plays on.`,
        { cause },
      );
      this.#unreadable.set(file.path, error);
      throw error;
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const done = () => this.#reading.delete(work);
    this.#reading.add(work);
    work.then(done, done);
    return work;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
