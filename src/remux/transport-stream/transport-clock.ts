/** Ticks per second of PTS and DTS (ISO/IEC 13818-1 §2.4.3.7). */
export const TICKS_PER_SECOND = 90_000;
/** They have 33 bits: a day and two hours. */
export const WRAP_TICKS = 2 ** 33;
/** What lies so far ahead lies a little behind: sound before the first picture. */
const BEHIND_TICKS = 0.75 * WRAP_TICKS;

/** From a transport stream's timestamps to film time, over their wrap. */
export class TransportClock {
  readonly #originTicks: number;

  /** @param originTicks of film time 0 */
  constructor(originTicks: number) {
    this.#originTicks = originTicks;
  }

  /** Film time in seconds, of films up to 19 hours. */
  seconds(ptsTicks: number): number {
    const ticks = (((ptsTicks - this.#originTicks) % WRAP_TICKS) + WRAP_TICKS) % WRAP_TICKS;
    return (ticks >= BEHIND_TICKS ? ticks - WRAP_TICKS : ticks) / TICKS_PER_SECOND;
  }
}
