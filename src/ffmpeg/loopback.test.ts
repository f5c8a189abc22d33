import { once } from 'node:events';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemorySource } from '../../test/support/memory-source.ts';
import { RaffiError } from '../errors.ts';
import { LoopbackServer } from './loopback.ts';

const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);

/** For what comes at once, except on a busy machine. */
const WAIT_MS = 10_000;

let server: LoopbackServer;

beforeEach(() => {
  server = new LoopbackServer();
});

afterEach(() => server.close());

async function open(url: string, options: RequestOptions = {}): Promise<IncomingMessage> {
  const sent = request(url, { agent: false, ...options });
  sent.on('error', () => {}); // also emitted when the answer is cut off
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  return response;
}

async function get(url: string, options: RequestOptions = {}) {
  const response = await open(url, options);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

/** Holds a source's reads from an offset on until the signal fires. */
function stall(source: MemorySource, from: number): void {
  source.gate = (offset, signal) =>
    offset < from
      ? Promise.resolve()
      : new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        });
}

describe('LoopbackServer', () => {
  it('serves a source whole, by range, and by HEAD', async () => {
    const { url } = await server.expose(new MemorySource(bytes));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/film$/);
    const whole = await get(url);
    expect(whole.status).toBe(200);
    expect(whole.body.equals(bytes)).toBe(true);
    expect(whole.headers).toMatchObject({ 'accept-ranges': 'bytes', 'content-length': '200000' });
    const cases = [
      ['bytes=0-0', 0, 1],
      ['bytes=100-99999', 100, 100_000],
      ['bytes=150000-', 150_000, 200_000],
      ['bytes=-10', 199_990, 200_000],
    ] as const;
    for (const [range, start, end] of cases) {
      const part = await get(url, { headers: { range } });
      expect(part.status).toBe(206);
      expect(part.headers['content-range']).toBe(`bytes ${start}-${end - 1}/200000`);
      expect(part.body.equals(bytes.subarray(start, end))).toBe(true);
    }
    const head = await get(url, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': '200000' } });
    expect(head.body).toHaveLength(0);
  });

  it('answers 416 beyond the end, and an empty source', async () => {
    const { url } = await server.expose(new MemorySource(bytes));
    const beyond = await get(url, { headers: { range: 'bytes=200000-' } });
    expect(beyond).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */200000' } });
    const empty = await server.expose(new MemorySource(new Uint8Array()));
    expect(await get(empty.url)).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
  });

  it('refuses unknown paths, methods and hosts', async () => {
    const source = new MemorySource(bytes);
    const { url } = await server.expose(source);
    expect((await get(new URL('/', url).href)).status).toBe(404);
    expect((await get(`${url}x`)).status).toBe(404);
    expect((await get(`${url}?a`)).status).toBe(404);
    expect(await get(url, { method: 'POST' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
    for (const host of ['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:1']) {
      expect((await get(url, { headers: { host } })).status).toBe(403);
    }
    expect(source.streams).toHaveLength(0);
  });

  it('frees the reader when the client leaves in mid-body', async () => {
    const source = new MemorySource(bytes);
    stall(source, 50_000);
    const exposed = await server.expose(source);
    const response = await open(exposed.url);
    await once(response, 'data');
    expect(source.openStreams).toBe(1);
    response.destroy();
    await vi.waitFor(() => expect(source.openStreams).toBe(0), { timeout: WAIT_MS });
    expect(exposed.failure).toBeUndefined();
  });

  it('pulls no more than a slow client and the socket take', async () => {
    const source = new MemorySource(new Uint8Array(64 * 1024 * 1024), { pieceBytes: 1024 * 1024 });
    let pulled = 0;
    source.gate = async (offset) => {
      pulled = offset;
    };
    const { url, revoke } = await server.expose(source);
    const response = await open(url); // never read
    await vi.waitFor(
      async () => {
        const before = pulled;
        for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
        expect(pulled).toBe(before);
      },
      { timeout: WAIT_MS },
    );
    expect(pulled).toBeLessThan(32 * 1024 * 1024);
    response.destroy();
    await revoke();
  });

  it('gives windows: one by itself, then the rest from one long stream', async () => {
    const source = new MemorySource(bytes);
    const { url, revoke } = await server.expose(source, { windowBytes: 60_000 });
    const parts: Buffer[] = [];
    for (let offset = 1_000; offset < bytes.length; ) {
      const part = await get(url, { headers: { range: `bytes=${offset}-` } });
      expect(part.status).toBe(206);
      parts.push(part.body);
      offset += part.body.length;
    }
    expect(parts.map(({ length }) => length)).toEqual([59_000, 60_000, 60_000, 20_000]);
    expect(Buffer.concat(parts).equals(bytes.subarray(1_000))).toBe(true);
    expect(source.streams).toEqual([
      { start: 1_000, end: 60_000, taken: 59_000, open: false },
      { start: 60_000, end: 200_000, taken: 140_000, open: false },
    ]);
    await revoke();
  });

  it('gives a parked stream up for a request elsewhere, and when revoked', async () => {
    const source = new MemorySource(bytes);
    const { url, revoke } = await server.expose(source, { windowBytes: 60_000 });
    const take = (start: number) => get(url, { headers: { range: `bytes=${start}-` } });
    await take(0);
    await take(60_000);
    expect(source.openStreams).toBe(1);
    await take(10_000);
    expect(source.openStreams).toBe(0);
    await take(60_000);
    expect(source.openStreams).toBe(1);
    await revoke();
    expect(source.openStreams).toBe(0);
  });

  it('reads a first window to its end when the client seeks away, and nothing beyond', async () => {
    const source = new MemorySource(bytes, { pieceBytes: 1_000 });
    let go = () => {};
    const seekingAway = new Promise<void>((resolve) => {
      go = resolve;
    });
    source.gate = (offset) => (offset < 10_000 ? Promise.resolve() : seekingAway);
    const { url } = await server.expose(source, { windowBytes: 60_000 });
    const response = await open(url, { headers: { range: 'bytes=0-' } });
    await once(response, 'data');
    response.destroy();
    go();
    await vi.waitFor(
      () => expect(source.streams).toEqual([{ start: 0, end: 60_000, taken: 60_000, open: false }]),
      { timeout: WAIT_MS },
    );
  });

  it('revokes in the middle of a window that stalls', async () => {
    const source = new MemorySource(bytes);
    stall(source, 30_000);
    const { url, revoke } = await server.expose(source, { windowBytes: 60_000 });
    for (const leaves of [true, false]) {
      const response = await open(url, { headers: { range: 'bytes=0-' } });
      await once(response, 'data');
      if (leaves) response.destroy();
    }
    await revoke();
    expect(source.openStreams).toBe(0);
  });

  it('serves ten at once', async () => {
    const sources = Array.from({ length: 10 }, (_, i) => new MemorySource(bytes.subarray(i)));
    const exposed = await Promise.all(sources.map((source) => server.expose(source)));
    const answers = await Promise.all(exposed.map(({ url }) => get(url)));
    answers.forEach(({ body }, i) => void expect(body.equals(bytes.subarray(i))).toBe(true));
    const same = await Promise.all(
      Array.from({ length: 10 }, (_, i) => get(exposed[0]?.url ?? '', { headers: { range: `bytes=${i}-` } })),
    );
    same.forEach(({ body }, i) => void expect(body.equals(bytes.subarray(i))).toBe(true));
  });

  it('answers the status of a source that fails before its first byte, and keeps the cause', async () => {
    const source = new MemorySource(bytes);
    const cause = new RaffiError('source_gone', 'It is gone.');
    source.open = () => Promise.reject(cause);
    const exposed = await server.expose(source);
    expect((await get(exposed.url)).status).toBe(410);
    expect(exposed.failure).toBe(cause);
  });

  it.each([
    ['fails', new MemorySource(bytes), 'source_timeout'],
    ['ends early', new MemorySource(bytes, { sizeBytes: 300_000 }), 'source_truncated'],
  ])('breaks the connection when the source %s in mid-body', async (_, source, code) => {
    if (code === 'source_timeout') {
      source.gate = async (offset) => {
        if (offset > 100_000) throw new RaffiError('source_timeout', 'Too slow.');
      };
    }
    const exposed = await server.expose(source);
    await expect(get(exposed.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(exposed.failure).toMatchObject({ code });
    expect(source.openStreams).toBe(0);
  });

  it('revokes: connections are cut, readers freed, the path is gone', async () => {
    const source = new MemorySource(bytes);
    stall(source, 50_000);
    const exposed = await server.expose(source);
    const response = await open(exposed.url);
    await once(response, 'data');
    const cut = new Promise((resolve) => response.once('close', resolve));
    await exposed.revoke();
    expect(source.openStreams).toBe(0);
    await cut;
    expect((await get(exposed.url)).status).toBe(404);
    expect(exposed.failure).toBeUndefined();
    await exposed.revoke();
  });

  it('closes with everything it serves, and opens no more', async () => {
    const source = new MemorySource(bytes);
    stall(source, 50_000);
    const { url } = await server.expose(source);
    const response = await open(url);
    await once(response, 'data');
    await server.close();
    await server.close();
    expect(source.openStreams).toBe(0);
    await expect(server.expose(source)).rejects.toMatchObject({ code: 'aborted' });
    const refused = request(url, { agent: false }).end();
    expect((await once(refused, 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
