/** A peer that has the piece and may be asked for it. */
export interface ParoleCandidate<P> {
  id: P;
  /** Bytes per second. */
  speed: number;
  /** It does not keep us waiting. */
  isAnswering: boolean;
}

/** A peer's first turn is so long, milliseconds, and longer for a large piece: some that trickle must not keep it from another. */
const TURN_MS = 5_000;
const SLOW_BYTES_PER_MS = 160;
/** So many times slower than the fastest is too slow, where there is a choice: somebody may wait for the piece. */
const MUCH_SLOWER = 2;

/**
 * Who gives a piece that was wrong before: one peer, all of it. Only that tells who lies: if it is wrong again, that peer alone is to blame.
 *
 * Its turn ends when it cannot be asked any more; where others answer, also when it does not, or its time is over. Then come those that had no turn
 * yet; when all had theirs, the next ones are twice as long, so that a slow peer that is the only honest one has enough time at last.
 */
export class Parole<P> {
  readonly #hadTurn = new Set<P>();
  #turnMs: number;
  #holder: P | null = null;
  #sinceMs = 0;

  constructor(pieceBytes: number) {
    this.#turnMs = TURN_MS + pieceBytes / SLOW_BYTES_PER_MS;
  }

  /** Who gives it now. */
  get holder(): P | null {
    return this.#holder;
  }

  /** Whether a peer gives it from now on: nobody else does, or not well, and it is no worse than others that would. */
  takes(peer: P, candidates: readonly ParoleCandidate<P>[], nowMs: number): boolean {
    if (peer === this.#holder) return true;
    const rivals = candidates.filter(({ id }) => id !== this.#holder);
    const answering = rivals.filter(({ isAnswering }) => isAnswering);
    if (this.#isHeld(candidates, answering.length > 0, nowMs)) return false;
    const next = answering.filter(({ id }) => !this.#hadTurn.has(id));
    const [choice = []] = [next, answering, rivals].filter(({ length }) => length > 0);
    const mine = choice.find(({ id }) => id === peer);
    if (!mine || choice.some(({ speed }) => speed > MUCH_SLOWER * mine.speed)) return false;
    for (const id of this.#hadTurn)
      if (!candidates.some((other) => other.id === id)) this.#hadTurn.delete(id);
    if (this.#hadTurn.has(peer)) this.#beginRound();
    this.#hadTurn.add(peer);
    this.#holder = peer;
    this.#sinceMs = nowMs;
    return true;
  }

  #isHeld(candidates: readonly ParoleCandidate<P>[], othersAnswer: boolean, nowMs: number): boolean {
    const holder = candidates.find(({ id }) => id === this.#holder);
    if (!holder) return false;
    const isInTime = nowMs - this.#sinceMs < this.#turnMs;
    return othersAnswer ? holder.isAnswering && isInTime : holder.isAnswering || isInTime;
  }

  #beginRound(): void {
    this.#hadTurn.clear();
    this.#turnMs *= 2;
  }
}
