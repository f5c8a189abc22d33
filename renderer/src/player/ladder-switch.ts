import type Hls from 'hls.js';
import { Events } from 'hls.js';
import type { EngineHost } from './engine.ts';

/** What is buffered of the old picture is kept so far ahead, seconds: in that time the new one's encoder is started and has made its first segment. */
const KEPT_SECONDS = 4;
const FIRST_RENDITION = 'v0';

/**
 * Chooses among the pictures of the ladder. hls.js would do so by the link's speed, which on loopback tells nothing: it is told which level to load,
 * always, and so never changes by itself.
 */
export class LadderSwitch {
  readonly #hls: Hls;
  readonly #video: HTMLVideoElement;
  #wanted = FIRST_RENDITION;

  constructor(hls: Hls, { video, onPicture }: EngineHost) {
    this.#hls = hls;
    this.#video = video;
    // Before the first fragment is loaded.
    hls.on(Events.MANIFEST_PARSED, () => this.#load());
    hls.on(Events.LEVEL_SWITCHED, (_event, { level }) => {
      const rendition = renditionOf(hls.levels[level]?.url[0]);
      if (rendition !== null) onPicture(rendition);
    });
  }

  select(rendition: string): void {
    if (rendition === this.#wanted) return;
    this.#wanted = rendition;
    const hls = this.#hls;
    if (hls.levels.length === 0) return;
    // What is on its way of the old picture is not waited for: it holds its encoder.
    hls.stopLoad();
    this.#dropAhead();
    this.#load();
    hls.startLoad(this.#video.currentTime, true);
  }

  #load(): void {
    const level = this.#hls.levels.findIndex(({ url }) => renditionOf(url[0]) === this.#wanted);
    // With a single picture there is nothing to tell.
    if (level >= 0 && this.#hls.levels.length > 1) this.#hls.loadLevel = level;
  }

  /**
   * The old picture from the second fragment after this one on: it is seen soon that something was chosen. hls.js's own `nextLevel` keeps what the link
   * needs to bring the new one, and knows nothing of encoders.
   */
  #dropAhead(): void {
    const { levels, loadLevel } = this.#hls;
    const keptUntil = this.#video.currentTime + KEPT_SECONDS;
    const kept = levels[loadLevel]?.details?.fragments.find(({ start }) => start >= keptUntil);
    if (!kept) return;
    this.#hls.trigger(Events.BUFFER_FLUSHING, {
      startOffset: kept.start,
      endOffset: Number.POSITIVE_INFINITY,
      type: 'video',
    });
  }
}

function renditionOf(url: string | undefined): string | null {
  return /\/(v\d+)(?:e\d+)?\/playlist\.m3u8/.exec(url ?? '')?.[1] ?? null;
}
