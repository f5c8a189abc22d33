import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheBudget } from './range-cache/cache-budget.ts';
import { QUICK_RETRY, type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { type Behaviour, noise } from './testing/origin.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const CONTENT = noise(24 * MIB);
let fixture: SourceFixture;
/** Emits `request`, and `closed` and `closed <start>` when a response ends, done or not. */
let events: EventEmitter;

beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
  events = new EventEmitter();
});
afterEach(() => fixture.close());

/** Sends the head and `bytes` of each answer and then waits to be told to send the rest. */
function trickle(bytes: number): { behaviour: Behaviour; rest: (() => void)[] } {
  const rest: (() => void)[] = [];
  const behaviour: Behaviour = (_request, response, range) => {
    fixture.origin.serve(response, range, bytes);
    const start = range?.start ?? 0;
    watch(response, start);
    rest.push(() => response.end(CONTENT.subarray(start + bytes, Math.min(range?.end ?? 0, CONTENT.length))));
    events.emit('request', range);
  };
  return { behaviour, rest };
}

function watch(response: ServerResponse, start = 0): void {
  response.on('close', () => {
    const outcome = { finished: response.writableFinished };
    events.emit('closed', outcome);
    events.emit(`closed ${start}`, outcome);
  });
}

const ranges = () => fixture.origin.requests.map(({ start, end }) => [start, end]);
const slice = (start: number, end: number) => CONTENT.subarray(start, end);

async function openedSource(deps = {}) {
  const source = fixture.open(deps);
  await source.read(0, 128 * KIB);
  fixture.origin.requests.length = 0;
  return source;
}

describe('sharing', () => {
  it('two readers of the same bytes share one request', async () => {
    const source = await openedSource();
    const both = await Promise.all([source.read(MIB, 3 * MIB), source.read(2 * MIB, 3 * MIB)]);
    expect(slice(MIB, 3 * MIB).equals(both[0])).toBe(true);
    expect(slice(2 * MIB, 3 * MIB).equals(both[1])).toBe(true);
    expect(ranges()).toEqual([[MIB, 3 * MIB]]);
  });

  it('bytes reach a stream before their request has ended', async () => {
    const source = await openedSource();
    const { behaviour, rest } = trickle(300 * KIB);
    fixture.origin.behaviour = behaviour;
    let got = 0;
    for await (const piece of source.stream(4 * MIB, 5 * MIB)) {
      got += piece.length;
      if (got === 300 * KIB) rest[0]?.();
    }
    expect(got).toBe(MIB);
    expect(ranges()).toHaveLength(1);
  });

  it('a reader far ahead of a running request gets one of its own, and the running one stops before it', async () => {
    const source = await openedSource();
    const { behaviour, rest } = trickle(MIB);
    fixture.origin.script.push(behaviour);
    const long = source.read(4 * MIB, 14 * MIB);
    await once(events, 'request');
    expect(slice(12 * MIB, 12 * MIB + 9).equals(await source.read(12 * MIB, 12 * MIB + 9))).toBe(true);
    rest[0]?.();
    expect(slice(4 * MIB, 14 * MIB).equals(await long)).toBe(true);
    expect(source.stats().fetchedBytes).toBe(128 * KIB + 10 * MIB);
  });

  it('opening is shared, and cancelled only when the last opener aborts', async () => {
    fixture.origin.behaviour = (_request, response) => {
      watch(response);
      events.emit('request');
    };
    const source = fixture.open();
    const [a, b] = [new AbortController(), new AbortController()];
    const settled = Promise.allSettled([source.open(a.signal), source.open(b.signal)]);
    await once(events, 'request');
    a.abort();
    const closed = once(events, 'closed');
    b.abort();
    await closed;
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(fixture.origin.requests).toHaveLength(1);
    fixture.origin.behaviour = null;
    expect((await source.open()).sizeBytes).toBe(CONTENT.length);
  });
});

it('opening again as the last opener leaves needs no more than the head', async () => {
  // The body never ends.
  fixture.origin.behaviour = trickle(64 * KIB).behaviour;
  const source = fixture.open({ timeouts: { bodyIdleMs: 60_000 } });
  const controller = new AbortController();
  const requested = once(events, 'request');
  const first = source.open(controller.signal);
  await requested;
  controller.abort();
  const second = source.open();
  await expect(first).rejects.toBe(controller.signal.reason);
  expect((await second).sizeBytes).toBe(CONTENT.length);
});

describe('cancelling', () => {
  it('the last reader that aborts cancels the request at once', async () => {
    const source = await openedSource();
    fixture.origin.behaviour = trickle(64 * KIB).behaviour;
    const [a, b] = [new AbortController(), new AbortController()];
    const first = source.read(4 * MIB, 8 * MIB, a.signal);
    const second = source.read(5 * MIB, 6 * MIB, b.signal);
    await once(events, 'request');
    a.abort();
    await expect(first).rejects.toBe(a.signal.reason);
    const closed = once(events, 'closed');
    b.abort();
    await expect(second).rejects.toBe(b.signal.reason);
    expect(await closed).toEqual([{ finished: false }]);
    expect(ranges()).toHaveLength(1);
  });

  it('a stream that is left, or aborted while its reader is busy elsewhere, cancels its request', async () => {
    const source = await openedSource();
    fixture.origin.behaviour = trickle(64 * KIB).behaviour;
    const left = once(events, 'closed');
    for await (const _piece of source.stream(4 * MIB, 20 * MIB)) break;
    await left;
    const controller = new AbortController();
    const stream = source.stream(12 * MIB, 20 * MIB, controller.signal)[Symbol.asyncIterator]();
    await stream.next();
    const aborted = once(events, 'closed');
    controller.abort();
    await aborted;
    await expect(stream.next()).rejects.toBe(controller.signal.reason);
  });

  it('what is almost there is let finish', async () => {
    const source = await openedSource();
    const { behaviour, rest } = trickle(MIB);
    fixture.origin.behaviour = behaviour;
    const stream = source.stream(4 * MIB, 5 * MIB + 200 * KIB)[Symbol.asyncIterator]();
    for (let got = 0; got < MIB; ) got += ((await stream.next()).value as Uint8Array).length;
    await stream.return?.(undefined);
    const closed = once(events, 'closed');
    rest[0]?.();
    expect(await closed).toEqual([{ finished: true }]);
    expect(slice(5 * MIB, 5 * MIB + 200 * KIB).equals(await source.read(5 * MIB, 5 * MIB + 200 * KIB))).toBe(
      true,
    );
    expect(ranges()).toHaveLength(1);
  });

  it('a reader that comes as its request is given up between two attempts is served anew', async () => {
    const source = await openedSource({ retry: { ...QUICK_RETRY, baseDelayMs: 60_000, maxDelayMs: 60_000 } });
    fixture.origin.script.push((_request, response) => void response.writeHead(500).end());
    const controller = new AbortController();
    const first = source.read(4 * MIB, 8 * MIB, controller.signal);
    while (source.stats().retries === 0) await new Promise(setImmediate);
    controller.abort();
    const second = source.read(5 * MIB, 6 * MIB);
    await expect(first).rejects.toBe(controller.signal.reason);
    expect(slice(5 * MIB, 6 * MIB).equals(await second)).toBe(true);
  });

  it('closing cancels everything and rejects readers', async () => {
    const source = await openedSource();
    fixture.origin.behaviour = trickle(64 * KIB).behaviour;
    const reading = source.read(4 * MIB, 8 * MIB);
    await once(events, 'request');
    const rejected = expect(reading).rejects.toMatchObject({ code: 'aborted' });
    await source.close();
    await rejected;
    await fixture.origin.idle();
  });
});

describe('request sizes', () => {
  it('scattered small reads cost 64 KiB each', async () => {
    const source = await openedSource();
    await source.read(9 * MIB, 9 * MIB + 8);
    await source.read(5 * MIB, 5 * MIB + 8);
    expect(ranges()).toEqual([
      [9 * MIB, 9 * MIB + 64 * KIB],
      [5 * MIB, 5 * MIB + 64 * KIB],
    ]);
  });

  it('small reads in a row cost few requests, on kept connections', async () => {
    const source = await openedSource();
    for (let at = 4 * MIB; at < 8 * MIB; at += 10_000) await source.read(at, at + 10_000);
    expect(fixture.origin.requests.length).toBeLessThanOrEqual(10);
    // The next request may begin while the last one's end is still being noticed.
    expect(fixture.origin.connections).toBeLessThanOrEqual(2);
    expect(fixture.origin.requestedTwice()).toBe(0);
  });

  it('a request ends where cached bytes begin, and takes a small rest of a gap along', async () => {
    const source = await openedSource();
    await source.read(6 * MIB, 7 * MIB);
    await source.read(5 * MIB, 6.5 * MIB);
    await source.read(CONTENT.length - 100 * KIB, CONTENT.length - 90 * KIB);
    expect(ranges().slice(1)).toEqual([
      [5 * MIB, 6 * MIB],
      [CONTENT.length - 100 * KIB, CONTENT.length],
    ]);
  });

  it('a stream asks for more before its running request has ended', async () => {
    const source = await openedSource();
    const { behaviour, rest } = trickle(700 * KIB);
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
    const source = await openedSource();
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
    const source = await openedSource();
    const requested = once(events, 'request');
    const { behaviour, rest } = trickle(64 * KIB);
    fixture.origin.behaviour = behaviour;
    source.prefetch(4 * MIB, 12 * MIB);
    await requested;
    const reading = source.read(4 * MIB, 4 * MIB + 256 * KIB);
    rest[0]?.();
    expect(slice(4 * MIB, 4 * MIB + 256 * KIB).equals(await reading)).toBe(true);
    expect(ranges()[0]).toEqual([4 * MIB, 4 * MIB + 256 * KIB]);
  });

  it('are followed to their end, each byte once', async () => {
    const source = await openedSource();
    fixture.origin.behaviour = (_request, response, range) => {
      watch(response, range?.start);
      fixture.origin.serve(response, range);
    };
    source.prefetch(4 * MIB, 12 * MIB);
    while (ranges().at(-1)?.[1] !== 12 * MIB) await once(events, 'closed');
    expect(slice(4 * MIB, 12 * MIB).equals(await source.read(4 * MIB, 12 * MIB))).toBe(true);
    expect(fixture.origin.requestedTwice()).toBe(0);
  });

  it('longer than what the cache has room for ahead are cut', async () => {
    const source = await openedSource({ budget: new CacheBudget(8 * MIB) });
    source.prefetch(4 * MIB, 24 * MIB);
    // Each reader's answer lets the hint go on as well.
    for (let at = 23 * MIB; at > 20 * MIB; at -= 100 * KIB) await source.read(at, at + 1);
    const hinted = ranges().filter(([start]) => Number(start) < 20 * MIB);
    expect(hinted.at(-1)?.[1]).toBe(6 * MIB);
  });

  it('do not go back for what was evicted behind them', async () => {
    const budget = new CacheBudget(4 * MIB);
    const source = await openedSource({ budget });
    const other = await openedSource({ budget, path: '/other.mkv' });
    const { behaviour, rest } = trickle(64 * KIB);
    fixture.origin.script.push(null, behaviour);
    const requested = once(events, 'request');
    source.prefetch(4 * MIB, 5 * MIB);
    const [second] = (await requested) as [{ start: number; end: number }];
    for (let at = 8 * MIB; at < 12 * MIB; at += MIB) await other.read(at, at + MIB);
    const closed = once(events, `closed ${second.start}`);
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
    const source = await openedSource();
    const { behaviour, rest } = trickle(64 * KIB);
    fixture.origin.behaviour = behaviour;
    const first = once(events, 'request');
    source.prefetch(4 * MIB, 12 * MIB);
    await first;
    const second = once(events, 'request');
    source.prefetch(16 * MIB, 20 * MIB);
    const closed = once(events, `closed ${4 * MIB}`);
    rest[0]?.();
    expect(await closed).toEqual([{ finished: true }]);
    await second;
    source.prefetch(0, 0);
    rest[1]?.();
    await once(events, `closed ${16 * MIB}`);
    expect(ranges().map(([start]) => start)).toEqual([4 * MIB, 16 * MIB]);
  });

  it('that fail are dropped in silence', async () => {
    const source = await openedSource();
    fixture.origin.script.push((_request, response) => {
      watch(response);
      response.writeHead(404).end();
    });
    const closed = once(events, 'closed');
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
