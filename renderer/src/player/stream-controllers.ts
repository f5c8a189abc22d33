import Hls, { type Fragment, type HlsConfig, type Level, type MediaFragment } from 'hls.js';

/** What `initPTS` says of a film that is on its own clock: 0 is 0. */
const FILM_CLOCK = { baseTime: 0, timescale: 1, trackId: -1 };

/**
 * hls.js's controllers of picture and sound, mended in two places (1.7.4).
 *
 * A segment that was broken off leaves nothing behind: with `progressive` hls.js keeps the last fragment it got until the next one comes, and takes a
 * segment for the continuation of the one before it, also when a seek broke that off. The rest would head the new segment, which then would be put where
 * the rest belongs, and the picture of the wished place would never come.
 *
 * And the clock is known beforehand where the media's times are the playlist's (`isOnFilmClock`). hls.js would derive it from the first segment, and
 * sound would have to wait for that.
 */
export function streamControllers(
  isOnFilmClock: boolean,
): Pick<HlsConfig, 'streamController' | 'audioStreamController'> {
  const { streamController: Picture, audioStreamController: Sound } = Hls.DefaultConfig;
  if (Sound === undefined) throw new Error('This build of hls.js has no sound of its own');
  return {
    streamController: class extends Picture {
      readonly #unfinished = new Unfinished();

      protected override loadFragment(next: MediaFragment, level: Level, untilSeconds: number): void {
        if (this.#unfinished.before(next)) this.resetTransmuxer();
        if (isOnFilmClock) this.initPTS[next.cc] = FILM_CLOCK;
        super.loadFragment(next, level, untilSeconds);
      }
    },
    audioStreamController: class extends Sound {
      readonly #unfinished = new Unfinished();

      protected override loadFragment(next: MediaFragment, level: Level, untilSeconds: number): void {
        if (this.#unfinished.before(next)) this.resetTransmuxer();
        if (isOnFilmClock) this.initPTS[next.cc] = FILM_CLOCK;
        super.loadFragment(next, level, untilSeconds);
      }
    },
  };
}

/** Tells of a rendition's segments, which are loaded one at a time, whether the last one was loaded to its end. */
class Unfinished {
  #last: Fragment | null = null;

  /** @param next about to be loaded */
  before(next: Fragment): boolean {
    const last = this.#last;
    this.#last = next;
    return last !== null && last.stats.loading.end === 0;
  }
}
