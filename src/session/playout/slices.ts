import { RaffiError } from '../../errors.ts';
import { segmentAt } from '../../plan/segments.ts';
import { startWithin } from '../../plan/start-time.ts';
import type { SegmentPlan } from '../../plan/types.ts';
import type { SettledQuery } from '../playlist-start.ts';
import { editionSuffix, parseEdition } from './editions.ts';

/**
 * A slice is what one answer of `/stream` spans: the whole film, or with `force_slice` the film from one segment on. Its
 * segments' names carry the slice's first segment and audio track, so names of different slices never collide and any of
 * them can be served later, without a memory of which slices were handed out.
 */
export interface Slice {
  firstSegment: number;
  /** Position among the audio tracks; null when the film has none. */
  audioPosition: number | null;
  /** Of what it carries; see `editionOf`. */
  edition: number;
  /** Film time the player should begin at, seconds. */
  offsetSeconds: number;
}

/** Which slice a query asks for. `seekSeconds` beyond the film is taken back into it. */
export function sliceFor(
  plan: SegmentPlan,
  { seekSeconds, forceSlice }: SettledQuery,
  { audioPosition, edition }: Pick<Slice, 'audioPosition' | 'edition'>,
): Slice {
  const offsetSeconds = startWithin(plan, seekSeconds);
  return {
    firstSegment: forceSlice ? segmentAt(plan, offsetSeconds).index : 0,
    audioPosition,
    edition,
    offsetSeconds,
  };
}

/** File name of a slice's segment: `s<first segment>a<audio>e<edition>-<n>.ts`; `v` in place of the audio when there is none, no edition 0. */
export function sliceSegmentName(slice: Slice, segmentIndex: number): string {
  const audio = slice.audioPosition === null ? 'v' : `a${slice.audioPosition}`;
  return `s${slice.firstSegment}${audio}${editionSuffix(slice.edition)}-${segmentIndex}.ts`;
}

/** The inverse. @throws `segment_not_found` for anything we never wrote. */
export function parseSegmentName(
  name: string,
): Pick<Slice, 'audioPosition' | 'edition'> & { segmentIndex: number } {
  const match = /^s(\d{1,16})(?:a(\d{1,3})|v)(e[1-9]\d{0,2})?-(\d{1,16})\.ts$/.exec(name);
  const segmentIndex = Number(match?.[4]);
  if (!match || segmentIndex < Number(match[1])) {
    throw new RaffiError(
      'segment_not_found',
      'There is no such segment. Fetch the playlist again for the right names.',
    );
  }
  const audioPosition = match[2] === undefined ? null : Number(match[2]);
  return { audioPosition, edition: parseEdition(match[3]), segmentIndex };
}
