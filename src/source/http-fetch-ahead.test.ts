import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheBudget } from './range-cache/cache-budget.ts';
import { type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { noise } from './testing/origin.ts';
import { WatchedOrigin } from './testing/watched-origin.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const CONTENT = noise(24 * MIB);
let fixture: SourceFixture;
let watched: WatchedOrigin;

beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
  watched = new WatchedOrigin(fixture, CONTENT);
});
afterEach(() => fixture.close());

const slice = (start: number, end: number) => CONTENT.subarray(start, end);

describe('request sizes', () => {
  it('scattered small reads cost 64 KiB each', async () => {
    const source = await watched.openedSource();
    await source.read(9 * MIB, 9 * MIB + 8);
    await source.read(5 * MIB, 5 * MIB + 8);
    expect(watched.ranges()).toEqual([
      [9 * MIB, 9 * MIB + 64 * KIB],
      [5 * MIB, 5 * MIB + 64 * KIB],
    ]);
  });

  it('small reads in a row cost few requests, on kept connections', async () => {
    const source = await watched.openedSource();
    for (let at = 4 * MIB; at < 8 * MIB; at += 10_000) await source.read(at, at + 10_000);
    expect(fixture.origin.requests.length).toBeLessThanOrEqual(10);
    // The next request may begin while the last one's end is still being noticed.
    expect(fixture.origin.connections).toBeLessThanOrEqual(2);
    expect(fixture.origin.requestedTwice()).toBe(0);
  });

  it('a request ends where cached bytes begin, and takes a small rest of a gap along', async () => {
    const source = await watched.openedSource();
    await source.read(6 * MIB, 7 * MIB);
    await source.read(5 * MIB, 6.5 * MIB);
    await source.read(CONTENT.length - 100 * KIB, CONTENT.length - 90 * KIB);
    expect(watched.ranges().slice(1)).toEqual([
      [5 * MIB, 6 * MIB],
      [CONTENT.length - 100 * KIB, CONTENT.length],
    ]);
  });

  it('a stream asks for more before its running request has ended', async () => {
    const source = await watched.openedSource();
    const { behaviour, rest } = watched.trickle(700 * KIB);
    fixture.origin.script.push(behaviour);
    let got = 0;
    for await (const piece of source.stream(MIB, 23 * MIB)) {
      got += piece.length;
      // The first answer's rest is held back until the second request is there.
      if (got === 700 * KIB) {
        while (fixture.origin.requests.length < 2) await new Promise(setImmediate);
        rest[0]?.();
      }
    }
    expect(got).toBe(22 * MIB);
    expect(fixture.origin.requestedTwice()).toBe(0);
  });

  it('a stream whose reader stops fetches no more than the read-ahead', async () => {
    const source = await watched.openedSource();
    const stream = source.stream(MIB, 24 * MIB)[Symbol.asyncIterator]();
    await stream.next();
    await source.read(23 * MIB, 23 * MIB + 1);
    const asked = fixture.origin.requests.reduce((sum, { start, end }) => sum + (end ?? 0) - (start ?? 0), 0);
    expect(asked).toBeLessThanOrEqual(MIB + 128 * KIB);
    await stream.return?.(undefined);
  });
});

describe('hints', () => {
  it('are fetched in brief requests that readers then share', async () => {
    const source = await watched.openedSource();
    const requested = once(watched.events, 'request');
    const { behaviour, rest } = watched.trickle(64 * KIB);
    fixture.origin.behaviour = behaviour;
    source.prefetch(4 * MIB, 12 * MIB);
    await requested;
    const reading = source.read(4 * MIB, 4 * MIB + 256 * KIB);
    rest[0]?.();
    expect(slice(4 * MIB, 4 * MIB + 256 * KIB).equals(await reading)).toBe(true);
    expect(watched.ranges()[0]).toEqual([4 * MIB, 4 * MIB + 256 * KIB]);
  });

  it('are followed to their end, each byte once', async () => {
    const source = await watched.openedSource();
    fixture.origin.behaviour = (_request, response, range) => {
      watched.watch(response, range?.start);
      fixture.origin.serve(response, range);
    };
    source.prefetch(4 * MIB, 12 * MIB);
    while (watched.ranges().at(-1)?.[1] !== 12 * MIB) await once(watched.events, 'closed');
    expect(slice(4 * MIB, 12 * MIB).equals(await source.read(4 * MIB, 12 * MIB))).toBe(true);
    expect(fixture.origin.requestedTwice()).toBe(0);
  });

  it('longer than what the cache has room for ahead are cut', async () => {
    const source = await watched.openedSource({ budget: new CacheBudget(8 * MIB) });
    source.prefetch(4 * MIB, 24 * MIB);
    // Each reader's answer lets the hint go on as well.
    for (let at = 23 * MIB; at > 20 * MIB; at -= 100 * KIB) await source.read(at, at + 1);
    const hinted = watched.ranges().filter(([start]) => Number(start) < 20 * MIB);
    expect(hinted.at(-1)?.[1]).toBe(6 * MIB);
  });

  it('do not go back for what was evicted behind them', async () => {
    const budget = new CacheBudget(4 * MIB);
    const source = await watched.openedSource({ budget });
    const other = await watched.openedSource({ budget, path: '/other.mkv' });
    const { behaviour, rest } = watched.trickle(64 * KIB);
    fixture.origin.script.push(null, behaviour);
    const requested = once(watched.events, 'request');
    source.prefetch(4 * MIB, 5 * MIB);
    const [second] = (await requested) as [{ start: number; end: number }];
    for (let at = 8 * MIB; at < 12 * MIB; at += MIB) await other.read(at, at + MIB);
    const closed = once(watched.events, `closed ${second.start}`);
    rest[0]?.();
    await closed;
    for (let at = 20 * MIB; at < 22 * MIB; at += 200 * KIB) await source.read(at, at + 1);
    const hinted = fixture.origin.requests.filter(
      ({ path, start }) => path === '/film.mkv' && Number(start) < 20 * MIB,
    );
    expect(new Set(hinted.map(({ start }) => start)).size).toBe(hinted.length);
    expect(hinted[1]?.start).toBe(second.start);
  });

  it('give way to a new hint, but what is under way may finish', async () => {
    const source = await watched.openedSource();
    const { behaviour, rest } = watched.trickle(64 * KIB);
    fixture.origin.behaviour = behaviour;
    const first = once(watched.events, 'request');
    source.prefetch(4 * MIB, 12 * MIB);
    await first;
    const second = once(watched.events, 'request');
    source.prefetch(16 * MIB, 20 * MIB);
    const closed = once(watched.events, `closed ${4 * MIB}`);
    rest[0]?.();
    expect(await closed).toEqual([{ finished: true }]);
    await second;
    source.prefetch(0, 0);
    rest[1]?.();
    await once(watched.events, `closed ${16 * MIB}`);
    expect(watched.ranges().map(([start]) => start)).toEqual([4 * MIB, 16 * MIB]);
  });

  it('that fail are dropped in silence', async () => {
    const source = await watched.openedSource();
    fixture.origin.script.push((_request, response) => {
      watched.watch(response);
      response.writeHead(404).end();
    });
    const closed = once(watched.events, 'closed');
    source.prefetch(4 * MIB, 5 * MIB);
    await closed;
    expect(slice(4 * MIB, 5 * MIB).equals(await source.read(4 * MIB, 5 * MIB))).toBe(true);
  });

  it('may come before opening', async () => {
    const source = fixture.open();
    source.prefetch(0, 2 * MIB);
    await source.open();
    expect(slice(0, 2 * MIB).equals(await source.read(0, 2 * MIB))).toBe(true);
    expect(fixture.origin.requestedTwice()).toBe(0);
  });
});
