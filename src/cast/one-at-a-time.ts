import { ended } from './cast-failures.ts';

/** Operations of which the latest counts: what is begun anew ends what was under way. */
export class OneAtATime {
  #current = new AbortController();
  readonly #lasting: AbortSignal;

  /** @param lasting ends all of them */
  constructor(lasting: AbortSignal) {
    this.#lasting = lasting;
  }

  /** @param onFailed called where it fails by itself, and neither because another took its place nor because all of them end */
  async run(
    work: (signal: AbortSignal) => Promise<void>,
    { signal, onFailed }: { signal?: AbortSignal | undefined; onFailed: (thrown: unknown) => void },
  ): Promise<void> {
    this.#current.abort(ended());
    const current = new AbortController();
    this.#current = current;
    try {
      await work(AbortSignal.any([current.signal, this.#lasting, ...(signal ? [signal] : [])]));
    } catch (thrown) {
      const isReplaced = this.#current !== current;
      // What it left running side by side ends with it.
      current.abort(thrown);
      if (!isReplaced && !this.#lasting.aborted) onFailed(thrown);
      throw thrown;
    }
  }

  abort(reason: unknown): void {
    this.#current.abort(reason);
  }
}
