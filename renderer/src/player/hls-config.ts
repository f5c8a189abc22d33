import {
  type HlsConfig,
  type LoaderConfig,
  type PlaylistLoaderContext,
  type RetryConfig,
  XhrLoader,
} from 'hls.js';
import { mayPass } from '../api/problem.ts';
import { FragmentLoader } from './fragment-loader.ts';
import type { PictureClock } from './picture-clock.ts';
import { streamControllers } from './stream-controllers.ts';

/**
 * How hls.js buffers and retries. Its bandwidth estimation matters only for what a server has cut already (HLS, DASH): of other
 * films `LadderSwitch` chooses the picture. What matters for all is how far it reads ahead, and that a restart of the core is survived.
 *
 * @param clock of media whose times are not the playlist's; null where they are
 */
export function hlsConfig(startSeconds: number | null, clock: PictureClock | null): Partial<HlsConfig> {
  return {
    // -1: by the playlist, which of a live stream is its edge, less what is held back.
    startPosition: startSeconds === null ? -1 : Math.max(0, startSeconds),
    // What can be sought in a live stream is then its window, and not all that has gone by.
    liveDurationInfinity: true,
    // fMP4 is passed through, not transmuxed: parsing a `moof` is too little work for a worker, and without one the CSP
    // needs no `worker-src blob:`. (The ESM build carries no worker of its own in any case.)
    enableWorker: false,
    // What a segment in the making begins with is played while the rest is made. A fragment is appended once the next one has begun.
    progressive: true,
    ...streamControllers(clock === null),
    fLoader: fragmentLoaderOn(clock),
    // `progressive` would have playlists fetched by a loader that loses what a problem document says.
    pLoader: PlaylistLoader,
    // Ahead: 100 MB, at least 20 s (40 Mb/s), at most 60 s. hls.js's own 60 MB is 12 s at 40 Mb/s. Chromium's quota for a
    // video SourceBuffer is 150 MB, back buffer included; beyond it hls.js halves the maximum by itself (bufferFullError).
    maxBufferLength: 20,
    maxBufferSize: 100_000_000,
    maxMaxBufferLength: 60,
    // Behind: enough for "what did he say?" (two arrow presses) without a request.
    backBufferLength: 15,
    // Video is cut at keyframes and audio at its own frames: renditions begin up to a frame apart (AAC 21 ms, 12 fps 83 ms).
    // What is encoded lies on one grid of frames, so its segments meet exactly.
    maxBufferHole: 0.1,
    nudgeMaxRetry: 5,
    ...WITHOUT_TEXT,
    // A playlist waits in the core for the probe and the index; the core bounds that wait and answers 503 with the stage.
    manifestLoadPolicy: policy(30_000, 20),
    playlistLoadPolicy: policy(30_000, 40),
    fragLoadPolicy: policy(45_000, 60),
  };
}

/**
 * Lines are loaded around the clock by `SubtitleFeed`, in whichever way the film is played. hls.js would load the playlist's subtitle renditions as well
 * as soon as a text track shows, and empty all text tracks when it loads another playlist: it is left without what knows of text. (Its types
 * have no `undefined` for that, as its light build has.)
 */
const WITHOUT_TEXT = {
  subtitleStreamController: undefined,
  subtitleTrackController: undefined,
  timelineController: undefined,
} as object;

/** hls.js makes its loaders itself, from a class. */
function fragmentLoaderOn(clock: PictureClock | null): NonNullable<HlsConfig['fLoader']> {
  return class extends FragmentLoader {
    constructor() {
      super(clock);
    }
  };
}

/** hls.js's own, typed as what it asks for. */
class PlaylistLoader extends XhrLoader {
  declare context: PlaylistLoaderContext | null;
}

/** Delays between attempts, ms, doubling. A core that comes back is not waited for: `resume()` asks at once. */
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 1000;

/** The core's answer to what it has not read or encoded yet comes after at most so long: "ask again" (503). */
const ANSWER_MS = 15_000;
/** Of an attempt that brings bytes. */
const LOAD_MS = 120_000;

function policy(firstByteMs: number, attempts: number): { default: LoaderConfig } {
  const retry: RetryConfig = {
    maxNumRetry: attempts,
    retryDelayMs: FIRST_RETRY_MS,
    maxRetryDelayMs: LAST_RETRY_MS,
    backoff: 'exponential',
    shouldRetry: (config, count, isTimeout, response) =>
      config !== null &&
      config !== undefined &&
      count < config.maxNumRetry &&
      // hls.js by default gives up on status 0, which for it is a CORS failure.
      (isTimeout || mayPass(response?.code ?? 0)),
  };
  return {
    default: {
      maxTimeToFirstByteMs: firstByteMs,
      // hls.js counts this from the first attempt on: an encoder that was waited for must not be given up at its first byte.
      maxLoadTimeMs: attempts * (ANSWER_MS + LAST_RETRY_MS) + LOAD_MS,
      timeoutRetry: { ...retry, maxNumRetry: 2 },
      errorRetry: retry,
    },
  };
}
