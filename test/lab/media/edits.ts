import { type FileHandle, open, truncate } from 'node:fs/promises';
import { type CuesEdit, editCues, forgetClusterSizes } from './edit-matroska.ts';
import { coverFirst, rotate } from './edit-mp4.ts';

/** A change of a film's bytes that no muxer would make. Plain data: it is part of the cache's key. */
export type Edit =
  /** Cut the file at this share of its length. */
  | { kind: 'cut'; at: number }
  /** Overwrite this stretch, in shares of the length, with noise, or with zeros as a disk that failed leaves them. */
  | { kind: 'garbage' | 'zeros'; from: number; to: number }
  /** Replace everything by these bytes (latin-1), or by so much noise. */
  | { kind: 'content'; text: string }
  | { kind: 'noise'; bytes: number }
  /** Matroska: make the Cues useless. */
  | { kind: 'cues'; how: CuesEdit }
  /** Matroska: clusters of unknown size. */
  | { kind: 'unknown-cluster-sizes' }
  /** MP4: turn the first track's display matrix clockwise. */
  | { kind: 'rotate'; degrees: 90 | 180 | 270 }
  /** MP4: put `udta` (with its cover art) before the tracks, so that demuxers see the cover first. */
  | { kind: 'cover-first' };

/** Applies an edit to a file in place. */
export async function applyEdit(path: string, edit: Edit): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    switch (edit.kind) {
      case 'cut':
        await truncate(path, Math.floor(size * edit.at));
        break;
      case 'garbage':
      case 'zeros': {
        const start = Math.floor(size * edit.from);
        const length = Math.floor(size * edit.to) - start;
        const bytes = edit.kind === 'zeros' ? Buffer.alloc(length) : noise(length);
        await handle.write(bytes, 0, bytes.length, start);
        break;
      }
      case 'content':
        await replaceAll(handle, Buffer.from(edit.text, 'latin1'));
        break;
      case 'noise':
        await replaceAll(handle, noise(edit.bytes));
        break;
      case 'cues':
        await editWhole(handle, (bytes) => editCues(bytes, edit.how));
        break;
      case 'unknown-cluster-sizes':
        await editWhole(handle, forgetClusterSizes);
        break;
      case 'rotate':
        await editWhole(handle, (bytes) => rotate(bytes, edit.degrees));
        break;
      case 'cover-first':
        await editWhole(handle, coverFirst);
        break;
    }
  } finally {
    await handle.close();
  }
}

async function editWhole(handle: FileHandle, change: (bytes: Buffer) => void): Promise<void> {
  const bytes = await handle.readFile();
  change(bytes);
  await handle.write(bytes, 0, bytes.length, 0);
}

async function replaceAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  await handle.truncate(0);
  await handle.write(bytes, 0, bytes.length, 0);
}

/** Reproducible noise (xorshift32). */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 0x9e3779b9;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}
