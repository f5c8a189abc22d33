import type { SessionEvent } from './types.ts';

/** A session's event listeners. A listener that throws harms neither the session nor the others. */
export class SessionEvents {
  readonly #listeners = new Set<(event: SessionEvent) => void>();

  get listenerCount(): number {
    return this.#listeners.size;
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: SessionEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }
}
