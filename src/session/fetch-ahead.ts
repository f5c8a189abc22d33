import type { ByteSource } from '../source/byte-source.ts';

/** Two seconds at 60 Mb/s. A film with no keyframe for minutes, or one that claims so, must not be fetched whole because somebody opened it. */
const MAX_BYTES_AHEAD = 16 * 1024 * 1024;

/**
 * Fetches the beginning of `[start, end)`, which the viewer waits for, into the source's cache. As a reader rather than by a hint, so it comes
 * in one request and yields to nobody. Ends when the signal fires or the source is closed. Never rejects.
 */
export async function fetchAhead(
  source: ByteSource,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    const pieces = source.stream(start, Math.min(end, start + MAX_BYTES_AHEAD), signal);
    for await (const piece of pieces) source.reuse?.(piece);
  } catch {
    // Whoever needs these bytes asks for them again and hears why they cannot be had.
  }
}
