import type { VideoTarget } from '../../plan/types.ts';
import type { VideoStream } from '../../probe/media-info.ts';
import type { HdrTransfer } from '../tone-map/transfer.ts';
import type { EncodedFilm } from './encoded-film.ts';
import { PictureRuns } from './picture-run.ts';
import { EncodedTrack } from './track.ts';

/** A decoded second costs more than it saves to make it early: what a player needs to ride out a slow scene. */
const AHEAD_SECONDS = 20;
/** Cuts of one run: they are named on its command line, which Windows ends at 32,767 characters. */
const MAX_RUN_SEGMENTS = 1000;
const FALLBACK_FRAME_RATE = 25;
/** Where keyframes are unknown, one lies within so much before any time: broadcasts have two a second, discs one or two. */
const UNKNOWN_GOP_SECONDS = 5;

/** The picture as H.264, encoded on demand. */
export function encodedVideoTrack(
  film: EncodedFilm & {
    /** Film times of the source's keyframes, ascending: decoding begins at one. Null when nobody knows them. */
    keyframes: readonly number[] | null;
    /** Its name in `master.m3u8`: `v0`, `v720` … */
    rendition: string;
    /** The same for all pictures of which a viewer sees one. */
    family: string;
  },
  stream: VideoStream,
  target: VideoTarget,
): EncodedTrack {
  const { colourTables, originSeconds, cuts, keyframes } = film;
  const runs = new PictureRuns(film);
  const frameSeconds = 1 / (stream.frameRate ?? FALLBACK_FRAME_RATE);
  return new EncodedTrack({
    ...film,
    slots: film.slots.video,
    family: film.family,
    id: `${film.id}/${film.rendition}`,
    toleranceSeconds: frameSeconds / 2,
    needsKeyframes: true,
    aheadSeconds: AHEAD_SECONDS,
    startRun: (first, onHeader, signal) => {
      const last = Math.min(cuts.length - 2, first + MAX_RUN_SEGMENTS - 1);
      const startSeconds = cuts[first] ?? 0;
      const input = {
        streamIndex: stream.streamIndex,
        originSeconds,
        readFromSeconds: keyframes ? readFrom(keyframes, startSeconds) : startSeconds - UNKNOWN_GOP_SECONDS,
      };
      const videoCuts = {
        startSeconds,
        endSeconds: cuts[last + 1] ?? startSeconds,
        keyframes: cuts.slice(first, last + 1),
        frameSeconds,
      };
      const colourTable = async () => (target.toneMap ? colourTables.path(hdrTransfer(stream)) : null);
      const run = { input, target, cuts: videoCuts, colourTable };
      return { packets: runs.packets(run, onHeader, signal), last };
    },
  });
}

/** What is neither tagged HLG nor PQ is Dolby Vision without a base layer of its own, which is nearest to PQ. */
function hdrTransfer({ colorTransfer }: VideoStream): HdrTransfer {
  return colorTransfer === 'arib-std-b67' ? 'hlg' : 'pq';
}

/**
 * A film time from which a demuxer goes back to the keyframe at or before `seconds`: behind that keyframe, since a seek to its very time lands one
 * group of pictures early where frames are reordered, and before the next one.
 */
function readFrom(keyframes: readonly number[], seconds: number): number {
  const next = keyframes.findIndex((time) => time > seconds);
  const keyframe = keyframes.at(next < 0 ? -1 : next - 1) ?? 0;
  if (next === 0 || keyframe <= 0) return 0;
  const gap = next < 0 ? 1 : (keyframes[next] ?? keyframe) - keyframe;
  return keyframe + Math.min(gap / 2, 0.5);
}
