import type { ByteSource } from '../../source/byte-source.ts';

/** The file an index is read from. */
export interface IndexedFile {
  source: ByteSource;
  sizeBytes: number;
  /** Its first bytes, read once. */
  head: Uint8Array;
  cheapReads: boolean;
  signal: AbortSignal | undefined;
}

/** Bytes `[start, end)`, from the head when it has them all. */
export async function readRange(file: IndexedFile, start: number, end: number): Promise<Uint8Array> {
  if (end <= file.head.length) return file.head.subarray(start, end);
  return file.source.read(start, Math.min(end, file.sizeBytes), file.signal);
}
