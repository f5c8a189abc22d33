/** Small reads (an index, a header) are not worth pages of their own. */
const LARGE_BYTES = 256 * 1024;

/**
 * Memory for bytes that are soon done with. A resizable ArrayBuffer lies in pages of its own, which go back to the system with it. Others come
 * from malloc, which keeps what was freed between small blocks: after a few segments of 20 MB the process was some 40 MB larger for it
 * (measured, glibc 2.36).
 */
export function pagedMemory(sizeBytes: number): Uint8Array<ArrayBuffer> {
  const isLarge = sizeBytes >= LARGE_BYTES;
  return new Uint8Array(new ArrayBuffer(sizeBytes, isLarge ? { maxByteLength: sizeBytes } : {}));
}
