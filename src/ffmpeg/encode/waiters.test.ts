import { describe, expect, it, vi } from 'vitest';
import { Waiters } from './waiters.ts';

const nobody = () => {};
let nowMs = 0;

describe('Waiters', () => {
  it('hands a segment to all who wait for it, and to no other', async () => {
    const waiters = new Waiters<string>(() => nowMs);
    const waiting = [3, 3, 4].map((segment) => waiters.wait(segment, undefined, nobody));
    waiters.resolve(3, 'three');
    expect(await Promise.all(waiting.slice(0, 2))).toEqual(['three', 'three']);
    expect(waiters.next()).toBe(4);
    waiters.resolve(4, 'four');
    expect(await waiting[2]).toBe('four');
    expect(waiters.next()).toBeUndefined();
  });

  it.each<[string, number[], number | undefined]>([
    ['nobody', [], undefined],
    ['who came last counts', [9, 2], 2],
    ['with those right before that somebody waits for, too', [7, 6, 8], 6],
    ['whatever else is waited for', [1, 5, 6], 5],
  ])('%s', (_, segments, latest) => {
    const waiters = new Waiters<string>(() => nowMs);
    for (const segment of segments) waiters.wait(segment, undefined, nobody);
    expect(waiters.next()).toBe(latest);
  });

  it('serves first who has waited for long, whoever asks meanwhile', () => {
    const waiters = new Waiters<string>(() => nowMs);
    waiters.wait(9, undefined, nobody);
    nowMs += 2_000;
    waiters.wait(2, undefined, nobody);
    expect(waiters.next()).toBe(2);
    nowMs += 2_000;
    waiters.wait(5, undefined, nobody);
    expect(waiters.next()).toBe(9);
    waiters.resolve(9, 'nine');
    expect(waiters.next()).toBe(5);
  });

  it('lets leave whose signal fires, with its reason, and says so', async () => {
    const waiters = new Waiters<string>(() => nowMs);
    const leave = new AbortController();
    const onLeave = vi.fn(() => expect(waiters.next()).toBe(1));
    const [left, stays] = [
      waiters.wait(2, leave.signal, onLeave),
      waiters.wait(1, new AbortController().signal, nobody),
    ];
    leave.abort('gone');
    await expect(left).rejects.toBe('gone');
    expect(onLeave).toHaveBeenCalledOnce();
    waiters.resolve(1, 'one');
    expect(await stays).toBe('one');
  });

  it('does not listen to the signal of who was answered', async () => {
    const waiters = new Waiters<string>(() => nowMs);
    const later = new AbortController();
    const onLeave = vi.fn();
    const answered = waiters.wait(1, later.signal, onLeave);
    const refused = waiters.wait(2, later.signal, onLeave);
    waiters.resolve(1, 'one');
    waiters.rejectAll('closed');
    later.abort('too late');
    expect(await answered).toBe('one');
    await expect(refused).rejects.toBe('closed');
    expect(onLeave).not.toHaveBeenCalled();
  });
});
