import { expect, it } from 'vitest';
import { Deferred } from '../../deferred.ts';
import { withSignsOfLife } from './signs-of-life.ts';

it('gives items, and null between them while there is progress', async () => {
  const gate = new Deferred<void>();
  let done = 0;
  async function* items() {
    yield 'a';
    await gate.promise;
    yield 'b';
  }
  const seen: (string | null)[] = [];
  for await (const item of withSignsOfLife(items(), () => done++, 1)) {
    seen.push(item);
    if (seen.length === 3) gate.resolve();
  }
  expect(seen.slice(0, 3)).toEqual(['a', null, null]);
  expect(seen.at(-1)).toBe('b');
});

it('lets its reader leave while an item is waited for, and passes errors on', async () => {
  let done = 0;
  async function* never() {
    await new Promise(() => {});
    yield 'a';
  }
  for await (const item of withSignsOfLife(never(), () => done++, 1)) {
    expect(item).toBeNull();
    break;
  }
  async function* broken() {
    yield 'a';
    throw new Error('broken');
  }
  const items = withSignsOfLife(broken(), () => 0, 1000);
  expect((await items.next()).value).toBe('a');
  await expect(items.next()).rejects.toThrow('broken');
});
