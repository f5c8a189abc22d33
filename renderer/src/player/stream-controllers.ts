import Hls, { type Fragment, type HlsConfig, type Level, type MediaFragment } from 'hls.js';

/**
 * hls.js's controllers of picture and sound, but that a segment which was broken off leaves nothing behind. hls.js (1.7.4, `progressive`) keeps the last
 * fragment it got until the next one comes. It takes a segment for the continuation of the one before it, also when a seek broke that off: the rest would
 * head the new segment, which then would be put where the rest belongs, and the picture of the wished place would never come.
 */
export function streamControllers(): Pick<HlsConfig, 'streamController' | 'audioStreamController'> {
  const { streamController: Picture, audioStreamController: Sound } = Hls.DefaultConfig;
  if (Sound === undefined) throw new Error('This build of hls.js has no sound of its own');
  return {
    streamController: class extends Picture {
      readonly #unfinished = new Unfinished();

      protected override loadFragment(next: MediaFragment, level: Level, untilSeconds: number): void {
        if (this.#unfinished.before(next)) this.resetTransmuxer();
        super.loadFragment(next, level, untilSeconds);
      }
    },
    audioStreamController: class extends Sound {
      readonly #unfinished = new Unfinished();

      protected override loadFragment(next: MediaFragment, level: Level, untilSeconds: number): void {
        if (this.#unfinished.before(next)) this.resetTransmuxer();
        super.loadFragment(next, level, untilSeconds);
      }
    },
  };
}

/** Tells of a rendition's segments, which are loaded one at a time, whether the last one was loaded to its end. */
export class Unfinished {
  #last: Fragment | null = null;

  /** @param next about to be loaded */
  before(next: Fragment): boolean {
    const last = this.#last;
    this.#last = next;
    return last !== null && last.stats.loading.end === 0;
  }
}
