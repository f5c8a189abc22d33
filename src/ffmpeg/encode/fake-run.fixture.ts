import type { Packet } from '../../remux/packet.ts';
import type { EncodedHeader } from './fragment-parser.ts';

/** An encoder whose packets and death a test decides: one packet for each segment, at its very beginning. */
export class FakeRun {
  readonly first: number;
  /** Packets that were taken from it: one that nobody takes is held back, as by a full pipe. */
  taken = 0;
  /** Whether the iteration is over, however it came to that. */
  isOver = false;
  readonly #signal: AbortSignal;
  readonly #onHeader: (header: EncodedHeader) => void;
  #ready: Packet[] = [];
  #end: { error?: unknown } | undefined;
  #wake = () => {};

  constructor(first: number, onHeader: (header: EncodedHeader) => void, signal: AbortSignal) {
    this.first = first;
    this.#onHeader = onHeader;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake());
  }

  announce(): void {
    this.#onHeader({ sampleEntry: 'mp4a', description: null });
  }

  /** Makes the packets of segments `[from, to]`; a segment is whole when the next one's is there. */
  make(from: number, to: number, segmentSeconds: number): void {
    for (let segment = from; segment <= to; segment++) {
      const data = Uint8Array.of(segment & 0xff);
      const ptsSeconds = segment * segmentSeconds;
      this.#ready.push({ data, ptsSeconds, durationSeconds: segmentSeconds, isKey: true });
    }
    this.#wake();
  }

  /** The track has ended; or, with an error, its encoder. */
  end(error?: unknown): void {
    this.#end = error === undefined ? {} : { error };
    this.#wake();
  }

  async *packets(): AsyncGenerator<Packet, void, void> {
    try {
      for (;;) {
        this.#signal.throwIfAborted();
        const packet = this.#ready.shift();
        if (packet) {
          this.taken += 1;
          yield packet;
        } else if (this.#end) {
          if ('error' in this.#end) throw this.#end.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.isOver = true;
    }
  }
}
