import { describe, expect, it } from 'vitest';
import { EncoderSlots, encoderSlots, type SlotHolder } from './slots.ts';

class Holder implements SlotHolder {
  askedAt: number;
  isAwaited = false;
  readonly family: string | undefined;
  yielded = 0;

  constructor(askedAt: number, family?: string) {
    this.askedAt = askedAt;
    this.family = family;
  }

  yieldSlot(): void {
    this.yielded += 1;
  }
}

it('ends the encoder that was not asked for longest, and never the one that just began', () => {
  const slots = new EncoderSlots(2);
  const [old, busy, latest] = [new Holder(1), new Holder(50), new Holder(0)];
  slots.take(busy);
  slots.take(old);
  slots.take(latest);
  expect([old.yielded, busy.yielded, latest.yielded]).toEqual([1, 0, 0]);
  expect(slots.taken).toBe(2);
});

it('counts a holder once, and a place that was freed not at all', () => {
  const slots = new EncoderSlots(1);
  const [first, second] = [new Holder(1), new Holder(2)];
  slots.take(first);
  slots.take(first);
  slots.free(first);
  slots.take(second);
  expect([first.yielded, second.yielded, slots.taken]).toEqual([0, 0, 1]);
});

it('lets two films play on the smallest machine', () => {
  const { video, audio } = encoderSlots(1);
  for (const slots of [video, audio]) {
    const films = [new Holder(1), new Holder(2)];
    for (const film of films) slots.take(film);
    expect(films.map(({ yielded }) => yielded)).toEqual([0, 0]);
  }
});

describe('of one family', () => {
  const rungs = () => [new Holder(0, 'film'), new Holder(10, 'film')] as const;

  it('whoever comes ends the one that was left, and no other film’s', () => {
    const slots = new EncoderSlots(4);
    const [large, small] = rungs();
    const other = new Holder(0, 'other film');
    for (const holder of [large, other, small]) slots.take(holder);
    expect([large.yielded, small.yielded, other.yielded]).toEqual([1, 0, 0]);
  });

  it('one that somebody waits for is let finish that, and no more', () => {
    const slots = new EncoderSlots(4);
    const [large, small] = rungs();
    large.isAwaited = true;
    slots.take(large);
    slots.take(small);
    expect(large.yielded).toBe(0);
    large.isAwaited = false;
    slots.served(large);
    slots.served(small);
    expect([large.yielded, small.yielded, slots.taken]).toEqual([1, 0, 1]);
  });

  it('two viewers do not drive each other out', () => {
    const slots = new EncoderSlots(4);
    const [large, small] = rungs();
    for (let round = 0; round < 5; round++) {
      for (const holder of [large, small]) {
        holder.askedAt = round * 1000 + 10;
        slots.take(holder);
        slots.served(holder);
      }
    }
    expect([large.yielded, small.yielded]).toEqual([1, 0]);
  });

  it('going back later is a switch like any other', () => {
    const slots = new EncoderSlots(4);
    const [large, small] = rungs();
    for (const [at, holder] of [large, small, large, small].entries()) {
      holder.askedAt = at * 60_000;
      slots.take(holder);
    }
    expect([large.yielded, small.yielded]).toEqual([2, 1]);
  });
});
