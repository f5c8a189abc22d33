import { type ClientRequest, get } from 'node:http';

/** Reads a file over HTTP from one place on, as fast as it comes, and throws the bytes away. */
export class RangeReader {
  readonly #request: ClientRequest;
  /** Milliseconds from the request to the first byte of the body. */
  readonly firstByteMs: Promise<number>;
  #received = 0;

  constructor(url: URL, start: number, end?: number) {
    const startedMs = performance.now();
    const headers = { Range: `bytes=${start}-${end === undefined ? '' : end - 1}` };
    this.#request = get(url, { headers, agent: false });
    this.firstByteMs = new Promise((resolve, reject) => {
      this.#request.on('error', reject);
      this.#request.on('response', (response) => {
        if ((response.statusCode ?? 500) >= 300) reject(new Error(`${url.pathname}: ${response.statusCode}`));
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => {
          if (this.#received === 0) resolve(performance.now() - startedMs);
          this.#received += chunk.length;
        });
      });
    });
    // It may be stopped before its first byte.
    this.firstByteMs.catch(() => {});
  }

  get received(): number {
    return this.#received;
  }

  stop(): void {
    this.#request.destroy();
  }
}
