import { expect, test } from 'vitest';
import { LatestWish } from './latest-wish.ts';

/** A device that does what it is told when the test lets it. */
function slowDevice() {
  const told: { wish: number; done(): void; refuse(): void }[] = [];
  const shown: (number | null)[] = [];
  const wishes = new LatestWish<number>(
    (wish) =>
      new Promise((resolve, reject) => {
        told.push({ wish, done: resolve, refuse: () => reject(new Error('no')) });
      }),
    (wish) => shown.push(wish),
  );
  return { told, shown, wishes, orders: () => told.map(({ wish }) => wish) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('one wish is told at once, and shown until it is done', async () => {
  const { told, shown, wishes, orders } = slowDevice();
  wishes.ask(1);
  expect(orders()).toEqual([1]);
  expect(shown).toEqual([1]);
  told[0]?.done();
  await settled();
  expect(shown).toEqual([1, null]);
});

test('of those that come meanwhile only the last is told', async () => {
  const { told, shown, wishes, orders } = slowDevice();
  for (const wish of [1, 2, 3, 4]) wishes.ask(wish);
  expect(orders()).toEqual([1]);
  told[0]?.done();
  await settled();
  expect(orders()).toEqual([1, 4]);
  expect(shown.at(-1)).toBe(4);
  told[1]?.done();
  await settled();
  expect(shown.at(-1)).toBeNull();
});

test('after a refusal the next one is told all the same', async () => {
  const { told, wishes, orders } = slowDevice();
  wishes.ask(1);
  wishes.ask(2);
  told[0]?.refuse();
  await settled();
  expect(orders()).toEqual([1, 2]);
});

test('what is forgotten is not told', async () => {
  const { told, shown, wishes, orders } = slowDevice();
  wishes.ask(1);
  wishes.ask(2);
  wishes.forget();
  told[0]?.done();
  await settled();
  expect(orders()).toEqual([1]);
  expect(shown.at(-1)).toBeNull();
});
