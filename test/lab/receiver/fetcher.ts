import { setTimeout as delay } from 'node:timers/promises';
import { say } from './log.ts';

/** Where the Default Media Receiver's page comes from. */
const ORIGIN = 'https://www.gstatic.com';
const TRIES = 20;
const RETRY_MS = 250;

/** Fetches as a receiver's page does: with its origin, without cookies, by range, after a preflight; what CORS forbids fails. */
export class Fetcher {
  readonly #allowed = new Set<string>();

  /** @throws `Error` for anything but a success; 503 is asked for again */
  async get(url: string, signal: AbortSignal): Promise<Buffer> {
    await this.#preflight(url, signal);
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(url, {
        headers: { Origin: ORIGIN, Range: 'bytes=0-', 'Accept-Encoding': 'identity' },
        credentials: 'omit',
        signal,
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      note('GET', url, answer, bytes.length);
      checkOrigin(answer);
      if (answer.ok) return bytes;
      if (answer.status !== 503 || attempt === TRIES) throw new Error(`${answer.status} for ${pathOf(url)}`);
      await delay(RETRY_MS, undefined, { signal });
    }
  }

  /** Once for each folder: a browser keeps the answer. */
  async #preflight(url: string, signal: AbortSignal): Promise<void> {
    const folder = url.slice(0, url.lastIndexOf('/'));
    if (this.#allowed.has(folder)) return;
    const answer = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        Origin: ORIGIN,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'range',
      },
      signal,
    });
    await answer.arrayBuffer();
    note('OPTIONS', url, answer, 0);
    checkOrigin(answer);
    const headers = answer.headers.get('access-control-allow-headers') ?? '';
    if (!/\brange\b/i.test(headers)) throw new Error(`CORS forbids Range: ${headers}`);
    this.#allowed.add(folder);
  }
}

function checkOrigin({ headers }: Response): void {
  const allowed = headers.get('access-control-allow-origin');
  if (allowed !== ORIGIN && allowed !== '*') throw new Error(`CORS forbids ${ORIGIN}: ${allowed}`);
}

function note(method: string, url: string, { status, headers }: Response, bytes: number): void {
  const contentType = headers.get('content-type');
  const allowedOrigin = headers.get('access-control-allow-origin');
  say({ kind: 'request', method, url, status, bytes, contentType, allowedOrigin });
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}
