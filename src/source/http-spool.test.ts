import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheBudget } from './range-cache/cache-budget.ts';
import { collect, QUICK_RETRY, type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { type Behaviour, noise } from './testing/origin.ts';

const MIB = 1024 * 1024;
const CONTENT = noise(4 * MIB + 321);
let fixture: SourceFixture;
beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
});
afterEach(() => fixture.close());

/** Ignores ranges. */
const wholeFile =
  (headers: Record<string, string | number> = { 'content-length': CONTENT.length }): Behaviour =>
  (_request, response) => {
    response.writeHead(200, headers).end(CONTENT);
  };

describe('origins that ignore ranges', () => {
  it('are read in one request, whatever is read where', async () => {
    fixture.origin.behaviour = wholeFile();
    const source = fixture.open();
    expect((await source.open()).sizeBytes).toBe(CONTENT.length);
    const [tail, head] = await Promise.all([source.read(4 * MIB, 5 * MIB), source.read(0, 10)]);
    expect(CONTENT.subarray(4 * MIB).equals(tail)).toBe(true);
    expect(CONTENT.subarray(0, 10).equals(head)).toBe(true);
    expect(CONTENT.equals(await collect(source.stream(0, CONTENT.length)))).toBe(true);
    expect(fixture.origin.requests).toHaveLength(1);
  });

  it('are read to the end on opening when they tell no length', async () => {
    fixture.origin.behaviour = wholeFile({});
    const source = fixture.open();
    expect((await source.open()).sizeBytes).toBe(CONTENT.length);
    expect(source.stats().fetchedBytes).toBe(CONTENT.length);
  });

  it('are started again after a reset, without fetching into the cache twice', async () => {
    fixture.origin.script.push((_request, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length }).write(CONTENT.subarray(0, MIB));
      setImmediate(() => response.socket?.resetAndDestroy());
    });
    fixture.origin.behaviour = wholeFile();
    const source = fixture.open();
    expect(CONTENT.equals(await collect(source.stream(0, CONTENT.length)))).toBe(true);
    expect(source.stats()).toMatchObject({ fetchedBytes: CONTENT.length, requests: 2 });
  });

  it('go on when a reader aborts', async () => {
    let go: () => void = () => {};
    fixture.origin.behaviour = (_request, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length }).write(CONTENT.subarray(0, MIB));
      go = () => response.end(CONTENT.subarray(MIB));
    };
    const source = fixture.open();
    await source.open();
    const controller = new AbortController();
    const reading = source.read(3 * MIB, 3 * MIB + 5, controller.signal);
    controller.abort();
    await expect(reading).rejects.toThrow(/abort/i);
    go();
    expect(CONTENT.subarray(3 * MIB).equals(await source.read(3 * MIB, 5 * MIB))).toBe(true);
    expect(fixture.origin.requests).toHaveLength(1);
  });

  it('fail when the cache cannot hold the file', async () => {
    fixture.origin.behaviour = wholeFile();
    const source = fixture.open({ budget: new CacheBudget(2 * MIB) });
    await expect(collect(source.stream(0, CONTENT.length))).rejects.toMatchObject({ code: 'cache_full' });
    await expect(source.read(3 * MIB, 4 * MIB)).rejects.toMatchObject({ code: 'cache_full' });
  });

  it.each([
    ['one reader', 1],
    ['six readers', 6],
  ])(
    'are truncated when they end before the length they told at first, whatever they tell later: %s',
    async (_who, count) => {
      fixture.origin.script.push((_request, response) => {
        response.writeHead(200, { 'content-length': CONTENT.length }).write(CONTENT.subarray(0, MIB));
        setImmediate(() => response.socket?.resetAndDestroy());
      });
      // Chunked, so that the end of the body is no error by itself.
      fixture.origin.behaviour = (_request, response) =>
        void response.writeHead(200).end(CONTENT.subarray(0, 2 * MIB));
      const source = fixture.open();
      expect((await source.open()).sizeBytes).toBe(CONTENT.length);
      const readers = Array.from({ length: count }, (_, index) =>
        source.read((3 + index / 8) * MIB, 4 * MIB),
      );
      for (const outcome of await Promise.allSettled(readers)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'source_truncated' } });
      }
      expect(CONTENT.subarray(0, 2 * MIB).equals(await source.read(0, 2 * MIB))).toBe(true);
      // The first, and as many as are tried without progress; a reader that comes later tries anew.
      expect(fixture.origin.requests).toHaveLength(1 + QUICK_RETRY.attempts);
      expect(source.stats().retries).toBe(QUICK_RETRY.attempts);
    },
  );

  it('include those that give a part but no total', async () => {
    fixture.origin.behaviour = (request, response, range) => {
      if (!range) return wholeFile()(request, response, range);
      const { start, end } = range;
      response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/*` });
      response.end(CONTENT.subarray(start, end));
    };
    const source = fixture.open();
    expect((await source.open()).sizeBytes).toBe(CONTENT.length);
    expect(CONTENT.equals(await collect(source.stream(0, CONTENT.length)))).toBe(true);
  });
});
