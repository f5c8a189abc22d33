import { describe, expect, it } from 'vitest';
import { DamageLog } from './damage-log.ts';

describe('DamageLog', () => {
  it('counts every damaged second once, however often it is met', () => {
    const log = new DamageLog();
    expect(log.note({ startSeconds: 10, endSeconds: 14 })).toBe(true);
    expect(log.note({ startSeconds: 10, endSeconds: 14 })).toBe(false);
    expect(log.note({ startSeconds: 2, endSeconds: 3 })).toBe(true);
    expect(log.note({ startSeconds: 12, endSeconds: 15 })).toBe(true);
    expect(log.report.seconds).toBe(6);
    expect(log.report.stretches[0]).toEqual({ startSeconds: 2, endSeconds: 3 });
  });

  it('remembers a bounded number', () => {
    const log = new DamageLog();
    for (let n = 0; n < 1000; n++) log.note({ startSeconds: 2 * n, endSeconds: 2 * n + 1 });
    expect(log.report.stretches.length).toBe(100);
  });
});
