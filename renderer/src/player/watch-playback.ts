import type { MediaInfo } from '../../../src/probe/media-info.ts';
import { type Look, type Patience, Stillness } from './stillness.ts';
import type { Symptom } from './symptom.ts';

const LOOK_MS = 500;
const FIRST_MS = 3000;
const LATER_MS = 6000;
/** A slow picture (slides) is borne for so many of its frames. */
const FRAMES = 5;
/** A track may end a little before its container says. */
const END_SECONDS = 1;

/** Chromium's own count of decoded sound; no standard has one. */
type CountingVideo = HTMLVideoElement & { readonly webkitAudioDecodedByteCount?: number };

/**
 * Watches that what plays is decoded: no error is reported by a decoder that gives nothing. Tells once, then rests. Ends when the returned
 * function is called.
 */
export function watchPlayback(
  video: HTMLVideoElement,
  media: Pick<MediaInfo, 'video' | 'audio'>,
  onSymptom: (symptom: Symptom) => void,
): () => void {
  const [picture] = media.video;
  const frames = picture && new Stillness(patienceFor(picture));
  const sound = media.audio.length > 0 && new Stillness({ firstMs: FIRST_MS, laterMs: LATER_MS });
  const pictureEnd = endOf(picture);
  const soundEnd = Math.min(...media.audio.map(endOf));

  const timer = setInterval(() => {
    // Chromium does not decode the picture of a page that nobody sees.
    const isRunning = !video.paused && !video.seeking && document.visibilityState === 'visible';
    const hasData = video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    const look = (count: number, endSeconds: number): Look => ({
      atMs: performance.now(),
      seconds: video.currentTime,
      isExpected: isRunning && hasData && video.currentTime < endSeconds - END_SECONDS,
      count,
    });
    const shown = video.getVideoPlaybackQuality().totalVideoFrames;
    const heard = (video as CountingVideo).webkitAudioDecodedByteCount;
    if (frames?.isTooLong(look(shown, pictureEnd))) tell({ problem: 'no_frames', track: 'video' });
    else if (sound && heard !== undefined && sound.isTooLong(look(heard, soundEnd))) {
      tell({ problem: 'silent', track: 'audio' });
    }
  }, LOOK_MS);

  function tell(symptom: Symptom): void {
    clearInterval(timer);
    onSymptom(symptom);
  }
  return () => clearInterval(timer);
}

/** A picture of varying rate may stand still for as long as it likes, once it was seen. */
function patienceFor({ frameRate, baseFrameRate }: MediaInfo['video'][number]): Patience {
  const leastMs = frameRate === null ? 0 : (FRAMES / frameRate) * 1000;
  const isConstant = frameRate !== null && frameRate === baseFrameRate;
  return { firstMs: Math.max(FIRST_MS, leastMs), laterMs: isConstant ? Math.max(LATER_MS, leastMs) : null };
}

/** Film time at which a track is over, seconds; infinite where its container does not say. */
function endOf(stream: MediaInfo['video'][number] | MediaInfo['audio'][number] | undefined): number {
  return stream?.durationSeconds == null ? Number.POSITIVE_INFINITY : stream.durationSeconds;
}
