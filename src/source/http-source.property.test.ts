import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { isAbort } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { CacheBudget } from './range-cache/cache-budget.ts';
import { collect, type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { noise } from './testing/origin.ts';

const KIB = 1024;
const CONTENT = noise(3 * 1024 * KIB + 777);
let fixture: SourceFixture;
afterEach(() => fixture.close());

const offset = fc.integer({ min: 0, max: CONTENT.length });
const length = fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 900 * KIB }));
const step = fc.record({
  kind: fc.constantFrom('read', 'stream', 'prefetch', 'pin', 'abort', 'break'),
  start: offset,
  length,
  /** Whether the next step begins before this one is done. */
  overlap: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function perform(source: ByteSource, { kind, start, length }: Step): Promise<void> {
  const end = start + length;
  const expected = CONTENT.subarray(start, end);
  const controller = new AbortController();
  switch (kind) {
    case 'read':
      expect(expected.equals(await source.read(start, end))).toBe(true);
      break;
    case 'stream':
      expect(expected.equals(await collect(source.stream(start, end)))).toBe(true);
      break;
    case 'prefetch':
      source.prefetch(start, end);
      break;
    case 'pin':
      source.pin(start, end);
      break;
    case 'abort': {
      const reading = source.read(start, end, controller.signal);
      queueMicrotask(() => controller.abort());
      await reading.catch((error: unknown) => expect(isAbort(error)).toBe(true));
      break;
    }
    case 'break': {
      let at = start;
      for await (const piece of source.stream(start, end, controller.signal)) {
        expect(expected.subarray(at - start, at - start + piece.length).equals(piece)).toBe(true);
        at += piece.length;
        if (at - start > length / 2) break;
      }
    }
  }
}

async function performAll(source: ByteSource, steps: Step[]): Promise<void> {
  let running: Promise<void>[] = [];
  for (const each of steps) {
    running.push(perform(source, each));
    if (each.overlap) continue;
    await Promise.all(running);
    running = [];
  }
  await Promise.all(running);
}

it('gives exactly the bytes of the file, whatever is read, hinted, pinned and aborted, with a cache far too small', async () => {
  fixture = await sourceFixture(CONTENT);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const source = fixture.open({ budget: new CacheBudget(512 * KIB) });
      await performAll(source, steps);
      await source.close();
    }),
    { numRuns: 60 },
  );
});

it('asks for no byte twice when the cache suffices and no reader aborts', async () => {
  fixture = await sourceFixture(CONTENT);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const source = fixture.open();
      fixture.origin.requests.length = 0;
      const patient = steps.filter(({ kind }) => kind !== 'abort' && kind !== 'break');
      // A hint that is superseded is cancelled, so one hint at most.
      const firstHint = patient.findIndex(({ kind }) => kind === 'prefetch');
      await performAll(
        source,
        patient.filter(({ kind }, index) => kind !== 'prefetch' || index === firstHint),
      );
      expect(fixture.origin.requestedTwice()).toBe(0);
      await source.close();
    }),
    { numRuns: 60 },
  );
});
