import type { VideoStream } from '../probe/media-info.ts';
import type { EncoderSpeed } from './encoder-limits.ts';
import type { Capabilities, Rung, VideoTarget } from './types.ts';
import { shownSize, targetWithin, videoTarget } from './video-target.ts';

/** The pictures people know by name. */
const HEIGHTS = [1080, 720, 480];
/** A rung is worth an encoder only if it is smaller than the picture above it by more than anybody would overlook. */
const CLEARLY_SMALLER = 0.9;

/**
 * The quality ladder below a film's video, largest first: never larger than it is, than the client shows and decodes, or than is encoded in real
 * time.
 *
 * @param top what the video itself is encoded to; absent where it is copied
 */
export function ladderOf(
  stream: VideoStream,
  capabilities: Capabilities | undefined,
  speed: EncoderSpeed,
  top?: Pick<VideoTarget, 'width' | 'height'>,
): Rung[] {
  const rungs: Rung[] = [];
  const most = videoTarget(stream, capabilities, speed);
  let above = top ?? shownSize(stream);
  for (const height of HEIGHTS) {
    const target = targetWithin(
      stream,
      height,
      height * CLEARLY_SMALLER > most.height ? most.preset : 'veryfast',
    );
    const isBearable = target.height <= most.height && target.width <= most.width;
    if (!isBearable || target.height > above.height * CLEARLY_SMALLER) continue;
    rungs.push({ rendition: `v${height}`, target });
    above = target;
  }
  return rungs;
}
