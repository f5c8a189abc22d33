import { AUTO, type QualityChoice, type RunReport, stepDown } from '../player/quality.ts';

/** The best picture, as `master.m3u8` calls it. */
const BEST = 'v0';

/** Which picture of the ladder is wanted: as chosen, or what `auto` has come to by itself. Renditions of `master.m3u8`. */
export class Quality {
  readonly choices: QualityChoice[] = $derived.by(() => this.#offered());
  /** What was chosen in the menu. */
  chosen: string = $state(AUTO);
  /** What is seen. */
  seen = $state(BEST);
  /** Why a smaller picture is played than could be. */
  note: string | null = $state(null);

  readonly #offered: () => QualityChoice[];
  #auto = BEST;

  /** @param offered what there is to choose from; followed */
  constructor(offered: () => QualityChoice[]) {
    this.#offered = offered;
  }

  /** What is seen, by its name in the menu; null where there is nothing to choose from. */
  get seenLabel(): string | null {
    return this.choices.find(({ rendition }) => rendition === this.seen)?.label ?? null;
  }

  /** What an engine has to play. */
  get wanted(): string {
    return this.chosen === AUTO ? this.#auto : this.chosen;
  }

  /** `auto` begins with the best picture again. */
  choose(rendition: string): void {
    this.chosen = rendition;
    this.note = null;
    this.#auto = BEST;
  }

  /**
   * The picture stands still for want of data, and nobody sought: `auto` goes a rung down where the encoder is to blame.
   *
   * @param runs the encoders of the film, as `GET /stats` tells of them
   * @returns whether something else is wanted now
   */
  async starved(runs: () => Promise<readonly RunReport[]>): Promise<boolean> {
    const { choices } = this;
    if (this.chosen !== AUTO || choices.length === 0) return false;
    const playing = this.#auto;
    const step = stepDown(choices, playing, await runs());
    // Meanwhile somebody may have chosen.
    if (step === null || this.chosen !== AUTO || this.#auto !== playing) return false;
    this.#auto = step.rendition;
    this.note = step.reason;
    return true;
  }
}
