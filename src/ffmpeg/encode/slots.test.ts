import { expect, it } from 'vitest';
import { EncoderSlots, encoderSlots, type SlotHolder } from './slots.ts';

class Holder implements SlotHolder {
  readonly askedAt: number;
  yielded = 0;

  constructor(askedAt: number) {
    this.askedAt = askedAt;
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
