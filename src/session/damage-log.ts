import type { Damage } from './types.ts';

/** A film of nothing but holes is told of in part. */
const MAX_STRETCHES = 100;

/** Remembers which stretches of a film were passed over, each once: players ask for a segment again, in two deliveries. */
export class DamageLog {
  readonly #stretches: { startSeconds: number; endSeconds: number }[] = [];

  /** True when it was news. */
  note({ startSeconds, endSeconds }: { startSeconds: number; endSeconds: number }): boolean {
    const isKnown = this.#stretches.some(
      (known) => known.startSeconds <= startSeconds && endSeconds <= known.endSeconds,
    );
    if (isKnown || this.#stretches.length >= MAX_STRETCHES) return false;
    this.#stretches.push({ startSeconds, endSeconds });
    this.#stretches.sort((a, b) => a.startSeconds - b.startSeconds);
    return true;
  }

  /** Stretches that overlap count once. */
  get report(): Damage {
    let seconds = 0;
    let end = Number.NEGATIVE_INFINITY;
    for (const { startSeconds, endSeconds } of this.#stretches) {
      seconds += Math.max(0, endSeconds - Math.max(startSeconds, end));
      end = Math.max(end, endSeconds);
    }
    return { seconds, stretches: [...this.#stretches] };
  }
}
