import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ByteSource } from '../source/byte-source.ts';
import { type SourceFixture, sourceFixture } from '../source/testing/fixture.ts';
import { noise } from '../source/testing/origin.ts';
import { fetchAhead } from './fetch-ahead.ts';

const MIB = 1024 * 1024;
const CONTENT = noise(24 * MIB);
let fixture: SourceFixture;
beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
});
afterEach(() => fixture.close());

it('fetches at most 16 MiB, however long the segment is', async () => {
  const source = fixture.open();
  await source.open();
  await fetchAhead(source, MIB, CONTENT.length, new AbortController().signal);
  const furthest = Math.max(...fixture.origin.requests.map(({ end }) => end ?? Number.POSITIVE_INFINITY));
  expect(furthest).toBe(17 * MIB);
  fixture.origin.requests.length = 0;
  expect(CONTENT.subarray(MIB, 17 * MIB).equals(await source.read(MIB, 17 * MIB))).toBe(true);
  expect(fixture.origin.requests).toEqual([]);
});

it.each<[string, (source: ByteSource, controller: AbortController) => unknown]>([
  ['its signal fires', (_source, controller) => controller.abort()],
  ['its source is closed', (source) => source.close()],
])('ends, and its request with it, when %s', async (_when, act) => {
  const source = fixture.open();
  await source.open();
  const events = new EventEmitter();
  fixture.origin.behaviour = (_request, response, range) => {
    fixture.origin.serve(response, range, 1);
    response.on('close', () => events.emit('closed'));
    events.emit('answered');
  };
  const answered = once(events, 'answered');
  const closed = once(events, 'closed');
  const controller = new AbortController();
  const fetching = fetchAhead(source, 4 * MIB, 8 * MIB, controller.signal);
  await answered;
  await act(source, controller);
  await Promise.all([fetching, closed]);
});
