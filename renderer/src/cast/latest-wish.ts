/**
 * Commands of one kind to a slow device, of which only the last counts (a slider that is dragged): one is under way at a time, and of
 * those that come meanwhile only the last follows it.
 */
export class LatestWish<T> {
  readonly #run: (wish: T) => Promise<void>;
  readonly #onChange: (wish: T | null) => void;
  #next: { wish: T } | null = null;
  #isRunning = false;

  /**
   * @param run rejects where the device does not do it: what was wished after that is tried all the same
   * @param onChange what is wished and not yet done, for showing it at once; null once all is done
   */
  constructor(run: (wish: T) => Promise<void>, onChange: (wish: T | null) => void) {
    this.#run = run;
    this.#onChange = onChange;
  }

  ask(wish: T): void {
    this.#next = { wish };
    this.#onChange(wish);
    if (!this.#isRunning) void this.#work();
  }

  /** What has not begun is not wished any more. */
  forget(): void {
    this.#next = null;
  }

  async #work(): Promise<void> {
    this.#isRunning = true;
    while (this.#next !== null) {
      const { wish } = this.#next;
      this.#next = null;
      await this.#run(wish).catch(() => {}); // told of by whoever runs it
    }
    this.#isRunning = false;
    this.#onChange(null);
  }
}
