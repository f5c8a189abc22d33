import { expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

const never = new AbortController().signal;

it('gives results in order, with a bounded number under way', async () => {
  let underWay = 0;
  let most = 0;
  const work = async (item: number) => {
    most = Math.max(most, ++underWay);
    for (let turns = 10 - item; turns > 0; turns--) await Promise.resolve();
    underWay--;
    return item;
  };
  const results: number[] = [];
  for await (const result of inOrder([0, 1, 2, 3, 4, 5, 6], work, 3, never)) results.push(result);
  expect(results).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(most).toBe(3);
});

it('ends what is under way when its reader leaves, and throws what fails', async () => {
  const signals: AbortSignal[] = [];
  const work = async (item: number, signal: AbortSignal) => {
    signals.push(signal);
    if (item === 1) throw new Error('broken');
    return item;
  };
  const results = inOrder([0, 1, 2], work, 2, never);
  expect((await results.next()).value).toBe(0);
  await expect(results.next()).rejects.toThrow('broken');
  expect(signals.every((signal) => signal.aborted)).toBe(true);
});
