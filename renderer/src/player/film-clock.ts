import { type MediaInfo, originSecondsOf } from '../../../src/probe/media-info.ts';
import type { Way } from './ways.ts';

/**
 * How much later than the film's clock, whose 0 is the first picture, a media element's clock is, seconds. What the core cuts is on the film's
 * clock. Of a file itself Chromium's clock begins with whichever track begins first, which as a rule is sound: that of Matroska by its priming.
 */
export function elementClockOffset(way: Way | null, media: MediaInfo | undefined): number {
  return way === 'direct' && media !== undefined ? originSecondsOf(media) - media.startSeconds : 0;
}
