import { inflateSync } from 'node:zlib';
import type { ContentEncoding } from './tracks.ts';

/** A frame a track's compression would blow up beyond this is an attack or damage: only subtitles are worth compressing. */
const MAX_FRAME_BYTES = 16 << 20;

/** A frame as the codec knows it; null when its compression is damaged (the frame is then left out). */
export function restoreFrame(frame: Uint8Array, encoding: ContentEncoding): Uint8Array | null {
  switch (encoding.kind) {
    case 'none':
      return frame;
    case 'stripped':
      return Buffer.concat([encoding.prefix, frame]);
    case 'zlib':
      try {
        return inflateSync(frame, { maxOutputLength: MAX_FRAME_BYTES });
      } catch {
        return null;
      }
    case 'unsupported':
      return null;
  }
}
