import { availableParallelism } from 'node:os';

/** Who holds an encoder. */
export interface SlotHolder {
  /** When something of it was last asked for: milliseconds of a monotonic clock. */
  readonly askedAt: number;
  /** Somebody waits for it now. */
  readonly isAwaited: boolean;
  /** Of one family (the rungs of a film's ladder) a viewer sees one at a time. Undefined: it stands alone. */
  readonly family?: string | undefined;
  /** What its encoder is doing; undefined while it has none. */
  readonly report?: EncoderReport | undefined;
  /** Ends its encoder. It is started anew when it is needed. */
  yieldSlot(): void;
}

/** An encoder under way. */
export interface EncoderReport {
  /** Of the track: the session's id, the delivery and the rendition, with slashes between. */
  id: string;
  /** The segment it is making. */
  segment: number;
  /** Seconds of film per second of time; null before it was measured. */
  speed: number | null;
}

/** Who was driven out by its family and is back within so long has a viewer of its own, milliseconds. */
const SECOND_VIEWER_MS = 3000;

/**
 * How many encoders run at once: as many as the machine bears. One more takes the place of the one that was not asked for longest. Before that it
 * takes its family's: a rung that was left must not take the machine from the one that is watched.
 */
export class EncoderSlots {
  readonly #limit: number;
  readonly #holders = new Set<SlotHolder>();
  /** Who came last of each family; `several` while it has more than one viewer. */
  readonly #watched = new Map<string, SlotHolder | 'several'>();
  /** When holders were driven out by their family, by the clock of `askedAt`. */
  readonly #drivenOutAt = new WeakMap<SlotHolder, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get taken(): number {
    return this.#holders.size;
  }

  get reports(): EncoderReport[] {
    return [...this.#holders].flatMap(({ report }) => report ?? []);
  }

  take(holder: SlotHolder): void {
    this.#holders.add(holder);
    if (holder.family !== undefined) this.#takeFrom(holder.family, holder);
    while (this.#holders.size > this.#limit) {
      const others = [...this.#holders].filter((other) => other !== holder);
      const idlest = others.reduce((idle, other) => (other.askedAt < idle.askedAt ? other : idle));
      this.#evict(idlest);
    }
  }

  /** A holder has made what it was asked for: if another of its family came since, it is done. */
  served(holder: SlotHolder): void {
    const watched = this.#watched.get(holder.family ?? '');
    if (watched && watched !== 'several' && watched !== holder && this.#holders.has(holder)) {
      this.#driveOut(holder, watched);
    }
  }

  free(holder: SlotHolder): void {
    this.#holders.delete(holder);
    const { family } = holder;
    if (family !== undefined && this.#membersOf(family).length === 0) this.#watched.delete(family);
  }

  #takeFrom(family: string, holder: SlotHolder): void {
    const drivenOutAt = this.#drivenOutAt.get(holder) ?? Number.NEGATIVE_INFINITY;
    // Two viewers (the window, and a television) must not drive each other out for ever.
    const isBack = holder.askedAt - drivenOutAt < SECOND_VIEWER_MS;
    if (isBack || this.#watched.get(family) === 'several') {
      this.#watched.set(family, 'several');
      return;
    }
    this.#watched.set(family, holder);
    for (const other of this.#membersOf(family)) if (other !== holder) this.#driveOut(other, holder);
  }

  #membersOf(family: string): SlotHolder[] {
    return [...this.#holders].filter((holder) => holder.family === family);
  }

  #driveOut(holder: SlotHolder, by: SlotHolder): void {
    if (holder.isAwaited) return;
    this.#drivenOutAt.set(holder, by.askedAt);
    this.#evict(holder);
  }

  #evict(holder: SlotHolder): void {
    this.free(holder);
    holder.yieldSlot();
  }
}

/** A picture takes whole cores to encode, sound a fraction of one. */
export function encoderSlots(cores = availableParallelism()): { video: EncoderSlots; audio: EncoderSlots } {
  return { video: new EncoderSlots(Math.max(2, cores)), audio: new EncoderSlots(Math.max(4, 2 * cores)) };
}
