import { damaged } from './failures.ts';

/**
 * What reading one film may cost, counted in units of work (elements, samples, bytes), never in time. A file of a few hundred bytes can ask for
 * any amount of work; every loop that a file's own counts drive spends from a budget that no honest film exhausts.
 */
export class WorkBudget {
  readonly #units: number;
  readonly #complaint: string;
  #left: number;

  /** @param complaint What the file is accused of when it wants more, as a sentence. */
  constructor(units: number, complaint: string) {
    this.#units = units;
    this.#left = units;
    this.#complaint = complaint;
  }

  /** Throws `media_damaged` when there is not so much left. */
  spend(units = 1): void {
    this.#left -= units;
    if (this.#left < 0) throw damaged(this.#complaint);
  }

  /** Begins anew: for a budget per result rather than per film. */
  refill(): void {
    this.#left = this.#units;
  }
}
