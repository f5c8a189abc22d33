import type { FileProgress } from './file-progress.ts';
import { type ByteWant, isWanted, type PieceWant, pieceWants, sameWants } from './wants.ts';

/** Where the cache has no room for what nobody waits for, it is tried again after so long, milliseconds. */
const CRAMPED_MS = 10_000;

/** Somebody who wants bytes of a torrent. */
export interface Demand {
  /** Bytes of the torrent, most urgent first within each band. */
  wants(): readonly ByteWant[];
  /** How far it is. */
  progress(): FileProgress;
  /** When anybody read last, on a monotonic clock, milliseconds. */
  readonly readMs: number;
}

export interface DemandsOptions {
  nowMs: () => number;
  /** Called with what is wanted in all whenever that changes. */
  tell: (wants: readonly PieceWant[]) => void;
}

/** All that is wanted of one torrent, whoever wants it. */
export class Demands {
  readonly #options: DemandsOptions;
  readonly #demands = new Set<Demand>();
  #pieceBytes: number | null = null;
  #wants: readonly PieceWant[] = [];
  #isUpdating = false;
  #isVoid = false;
  #crampedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: DemandsOptions) {
    this.#options = options;
  }

  /** Nothing is told before. */
  begin(pieceBytes: number): void {
    this.#pieceBytes = pieceBytes;
    this.update();
  }

  /** Nothing is told any more. */
  end(): void {
    this.#pieceBytes = null;
  }

  join(demand: Demand): void {
    this.#demands.add(demand);
    this.update();
  }

  leave(demand: Demand): void {
    this.#demands.delete(demand);
    this.update();
  }

  /** Whoever read last; undefined where nobody wants anything. */
  get latest(): Demand | undefined {
    return [...this.#demands].reduce<Demand | undefined>(
      (latest, demand) => (latest && latest.readMs > demand.readMs ? latest : demand),
      undefined,
    );
  }

  /** Some demand has changed. Changes of one turn are told as one. */
  update(): void {
    this.#isVoid = false;
    this.refresh();
  }

  /** What demands depend on has changed: what is here, what there is room for, the time. */
  refresh(): void {
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    queueMicrotask(() => {
      this.#isUpdating = false;
      this.#tell();
    });
  }

  /** Whether any piece of `[from, end)` is wanted. */
  isWanted(from: number, end: number): boolean {
    return isWanted(this.#wants, from, end);
  }

  /** What was told is void, and is told anew only when some demand changes: what has failed must not be tried again and again. */
  forget(): void {
    this.#wants = [];
    this.#isVoid = true;
  }

  /** The cache has no room: for a while nothing is wanted but what somebody waits for and what follows it. */
  cramp(): void {
    this.#crampedUntilMs = this.#options.nowMs() + CRAMPED_MS;
    // At once: what comes next may take the place of what was wanted ahead.
    this.#tell();
  }

  get isCramped(): boolean {
    return this.#options.nowMs() < this.#crampedUntilMs;
  }

  #tell(): void {
    if (this.#pieceBytes === null || this.#isVoid) return;
    const { isCramped } = this;
    const wanted = [...this.#demands]
      .flatMap((demand) => demand.wants())
      .filter(({ band }) => !isCramped || band === 'now' || band === 'next');
    const wants = pieceWants(wanted, this.#pieceBytes);
    if (sameWants(wants, this.#wants)) return;
    this.#wants = wants;
    this.#options.tell(wants);
  }
}
