import { isInterrupted } from '../ffmpeg/encode/interrupted.ts';
import { Growing } from '../growing.ts';
import type { ByteParts } from '../remux/byte-parts.ts';

export interface ProductionOptions {
  /** Makes it, piece by piece; the signal fires when nobody wants it any more. */
  build: (signal: AbortSignal) => AsyncIterable<ByteParts>;
  /** Called with all of it. */
  onWhole: (parts: ByteParts) => void;
  /** Called once, when it has ended in any way. */
  onOver: () => void;
}

/** A segment in the making: made once for all who read it meanwhile, and given up when the last of them has left. */
export class Production {
  readonly #options: ProductionOptions;
  readonly #controller = new AbortController();
  readonly #pieces = new Growing<ByteParts>(() => this.abort(new Error('Nobody reads it any more.')));

  constructor(options: ProductionOptions) {
    this.#options = options;
    void this.#make();
  }

  /** Its pieces; all readers get the same ones. Throws what making it throws, or the signal's reason. */
  read(signal?: AbortSignal): AsyncGenerator<ByteParts, void, void> {
    return this.#pieces.read(signal);
  }

  /** All of it, when it is made; null meanwhile, and where making it failed. */
  get whole(): ByteParts | null {
    return this.#pieces.isWhole ? this.#pieces.items.flat() : null;
  }

  abort(reason: unknown): void {
    this.#pieces.fail(reason);
    this.#controller.abort(reason);
    this.#options.onOver();
  }

  async #make(): Promise<void> {
    const { build, onWhole, onOver } = this.#options;
    const { signal } = this.#controller;
    try {
      await this.#build(build, signal);
      if (signal.aborted) return;
      this.#pieces.end();
      onWhole(this.#pieces.items.flat());
    } catch (error) {
      this.#pieces.fail(error);
    }
    if (!signal.aborted) onOver();
  }

  /** What an interrupted encoder has made no piece of yet is made by the next one, and nobody sees it. */
  async #build(build: ProductionOptions['build'], signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        for await (const piece of build(signal)) this.#pieces.push(piece);
        return;
      } catch (error) {
        if (signal.aborted || this.#pieces.items.length > 0 || !isInterrupted(error)) throw error;
      }
    }
  }
}
