import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QUICK_RETRY, type SourceFixture, sourceFixture } from './testing/fixture.ts';
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

describe('sharing', () => {
  it('two readers of the same bytes share one request', async () => {
    const source = await watched.openedSource();
    const both = await Promise.all([source.read(MIB, 3 * MIB), source.read(2 * MIB, 3 * MIB)]);
    expect(slice(MIB, 3 * MIB).equals(both[0])).toBe(true);
    expect(slice(2 * MIB, 3 * MIB).equals(both[1])).toBe(true);
    expect(watched.ranges()).toEqual([[MIB, 3 * MIB]]);
  });

  it('bytes reach a stream before their request has ended', async () => {
    const source = await watched.openedSource();
    const { behaviour, rest } = watched.trickle(300 * KIB);
    fixture.origin.behaviour = behaviour;
    let got = 0;
    for await (const piece of source.stream(4 * MIB, 5 * MIB)) {
      got += piece.length;
      if (got === 300 * KIB) rest[0]?.();
    }
    expect(got).toBe(MIB);
    expect(watched.ranges()).toHaveLength(1);
  });

  it('a reader far ahead of a running request gets one of its own, and the running one stops before it', async () => {
    const source = await watched.openedSource();
    const { behaviour, rest } = watched.trickle(MIB);
    fixture.origin.script.push(behaviour);
    const long = source.read(4 * MIB, 14 * MIB);
    await once(watched.events, 'request');
    expect(slice(12 * MIB, 12 * MIB + 9).equals(await source.read(12 * MIB, 12 * MIB + 9))).toBe(true);
    rest[0]?.();
    expect(slice(4 * MIB, 14 * MIB).equals(await long)).toBe(true);
    expect(source.stats().fetchedBytes).toBe(128 * KIB + 10 * MIB);
  });

  it('opening is shared, and cancelled only when the last opener aborts', async () => {
    fixture.origin.behaviour = (_request, response) => {
      watched.watch(response);
      watched.events.emit('request');
    };
    const source = fixture.open();
    const [a, b] = [new AbortController(), new AbortController()];
    const settled = Promise.allSettled([source.open(a.signal), source.open(b.signal)]);
    await once(watched.events, 'request');
    a.abort();
    const closed = once(watched.events, 'closed');
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
  fixture.origin.behaviour = watched.trickle(64 * KIB).behaviour;
  const source = fixture.open({ timeouts: { bodyIdleMs: 60_000 } });
  const controller = new AbortController();
  const requested = once(watched.events, 'request');
  const first = source.open(controller.signal);
  await requested;
  controller.abort();
  const second = source.open();
  await expect(first).rejects.toBe(controller.signal.reason);
  expect((await second).sizeBytes).toBe(CONTENT.length);
});

describe('cancelling', () => {
  it('the last reader that aborts cancels the request at once', async () => {
    const source = await watched.openedSource();
    fixture.origin.behaviour = watched.trickle(64 * KIB).behaviour;
    const [a, b] = [new AbortController(), new AbortController()];
    const first = source.read(4 * MIB, 8 * MIB, a.signal);
    const second = source.read(5 * MIB, 6 * MIB, b.signal);
    await once(watched.events, 'request');
    a.abort();
    await expect(first).rejects.toBe(a.signal.reason);
    const closed = once(watched.events, 'closed');
    b.abort();
    await expect(second).rejects.toBe(b.signal.reason);
    expect(await closed).toEqual([{ finished: false }]);
    expect(watched.ranges()).toHaveLength(1);
  });

  it('a stream that is left, or aborted while its reader is busy elsewhere, cancels its request', async () => {
    const source = await watched.openedSource();
    fixture.origin.behaviour = watched.trickle(64 * KIB).behaviour;
    const left = once(watched.events, 'closed');
    for await (const _piece of source.stream(4 * MIB, 20 * MIB)) break;
    await left;
    const controller = new AbortController();
    const stream = source.stream(12 * MIB, 20 * MIB, controller.signal)[Symbol.asyncIterator]();
    await stream.next();
    const aborted = once(watched.events, 'closed');
    controller.abort();
    await aborted;
    await expect(stream.next()).rejects.toBe(controller.signal.reason);
  });

  it('what is almost there is let finish', async () => {
    const source = await watched.openedSource();
    const { behaviour, rest } = watched.trickle(MIB);
    fixture.origin.behaviour = behaviour;
    const stream = source.stream(4 * MIB, 5 * MIB + 200 * KIB)[Symbol.asyncIterator]();
    for (let got = 0; got < MIB; ) got += ((await stream.next()).value as Uint8Array).length;
    await stream.return?.(undefined);
    const closed = once(watched.events, 'closed');
    rest[0]?.();
    expect(await closed).toEqual([{ finished: true }]);
    expect(slice(5 * MIB, 5 * MIB + 200 * KIB).equals(await source.read(5 * MIB, 5 * MIB + 200 * KIB))).toBe(
      true,
    );
    expect(watched.ranges()).toHaveLength(1);
  });

  it('a reader that comes as its request is given up between two attempts is served anew', async () => {
    const source = await watched.openedSource({
      retry: { ...QUICK_RETRY, baseDelayMs: 60_000, maxDelayMs: 60_000 },
    });
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
    const source = await watched.openedSource();
    fixture.origin.behaviour = watched.trickle(64 * KIB).behaviour;
    const reading = source.read(4 * MIB, 8 * MIB);
    await once(watched.events, 'request');
    const rejected = expect(reading).rejects.toMatchObject({ code: 'aborted' });
    await source.close();
    await rejected;
    await fixture.origin.idle();
  });
});
