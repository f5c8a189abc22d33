import { availableParallelism } from 'node:os';

/** Who holds an encoder. */
export interface SlotHolder {
  /** When something of it was last asked for: milliseconds of a monotonic clock. */
  readonly askedAt: number;
  /** Ends its encoder. It is started anew when it is needed. */
  yieldSlot(): void;
}

/** How many encoders run at once: as many as the machine bears. One more takes the place of the one that was not asked for longest. */
export class EncoderSlots {
  readonly #limit: number;
  readonly #holders = new Set<SlotHolder>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get taken(): number {
    return this.#holders.size;
  }

  take(holder: SlotHolder): void {
    this.#holders.add(holder);
    while (this.#holders.size > this.#limit) {
      const others = [...this.#holders].filter((other) => other !== holder);
      const idlest = others.reduce((idle, other) => (other.askedAt < idle.askedAt ? other : idle));
      this.#holders.delete(idlest);
      idlest.yieldSlot();
    }
  }

  free(holder: SlotHolder): void {
    this.#holders.delete(holder);
  }
}

/** A picture takes whole cores to encode, sound a fraction of one. */
export function encoderSlots(cores = availableParallelism()): { video: EncoderSlots; audio: EncoderSlots } {
  return { video: new EncoderSlots(Math.max(2, cores)), audio: new EncoderSlots(Math.max(4, 2 * cores)) };
}
