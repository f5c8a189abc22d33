import { damaged } from '../failures.ts';
import { type IndexedFile, readRange } from '../file.ts';
import { type Box, MAX_BOX_HEADER_BYTES, readBox } from './boxes.ts';

/** A top-level box with bytes that begin at its header. */
export interface LoadedBox {
  bytes: Uint8Array;
  box: Box & { end: number };
  /** Absolute offset of its header. */
  offset: number;
}

/** A `moov` behind the media runs to the end of the file: up to here both are one read. */
const TAIL_BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** `moov` of a 24 h film with B-frames is about 60 MB. */
export const MAX_BOX_BYTES = 256 * 1024 * 1024;
/** `moof` boxes list samples of some seconds. */
export const MAX_MOOF_BYTES = 16 * 1024 * 1024;
/** Top-level boxes before `moov`: a handful in any honest file. */
const MAX_STEPS = 64;

/** Finds `moov` by hopping from header to header: at most two reads beyond the head. Throws `media_damaged` when there is none. */
export async function findMoov(file: IndexedFile): Promise<LoadedBox> {
  let bytes = file.head;
  let base = 0;
  let offset = 0;
  for (let step = 0; step < MAX_STEPS && offset + 8 <= file.sizeBytes; step++) {
    if (offset < base || offset + MAX_BOX_HEADER_BYTES > base + bytes.length) {
      const rest = file.sizeBytes - offset;
      base = offset;
      bytes = await readRange(file, offset, offset + (rest <= TAIL_BYTES ? rest : CHUNK_BYTES));
    }
    const box = readBox(bytes, offset - base);
    if (!box) break;
    const end = box.end === null ? file.sizeBytes : base + box.end;
    if (box.type === 'moov') return loadBox(file, offset, end, { bytes, base });
    offset = end;
  }
  throw damaged('The MP4 file has no moov box: it was not finished or is cut off.');
}

/** A box of known extent, from bytes at hand or by one more read. */
export async function loadBox(
  file: IndexedFile,
  offset: number,
  end: number,
  held: { bytes: Uint8Array; base: number },
): Promise<LoadedBox> {
  if (end > file.sizeBytes) throw damaged('The MP4 file ends inside its index.');
  if (end - offset > MAX_BOX_BYTES) throw damaged('The index of the MP4 file claims an absurd size.');
  const isHeld = offset >= held.base && end <= held.base + held.bytes.length;
  const bytes = isHeld
    ? held.bytes.subarray(offset - held.base, end - held.base)
    : await readRange(file, offset, end);
  const box = readBox(bytes, 0);
  if (!box || bytes.length < end - offset) throw damaged('The MP4 file changed or ends inside its index.');
  return { bytes, box: { ...box, end: end - offset }, offset };
}
