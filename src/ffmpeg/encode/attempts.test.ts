import { beforeEach, describe, expect, it } from 'vitest';
import { RaffiError } from '../../errors.ts';
import { Attempts } from './attempts.ts';
import { killed } from './killed.ts';

const died = () => new RaffiError('encoder_failed', 'It could not be converted.');

let nowMs: number;
let attempts: Attempts;
beforeEach(() => {
  nowMs = 0;
  attempts = new Attempts(() => nowMs);
  attempts.succeeded();
});

describe('encoders that are killed', () => {
  it('are started again, and no place is damaged by it', () => {
    for (let n = 0; n < 9; n++) expect(attempts.failed(5, killed())).toEqual({ action: 'retry' });
    attempts.succeeded();
    for (let n = 0; n < 9; n++) expect(attempts.failed(6, killed())).toEqual({ action: 'retry' });
  });

  it('are given up in the end, wherever they were started, with the reason, for a while', () => {
    for (let n = 0; n < 9; n++) attempts.failed(n, killed());
    const last = killed();
    expect(attempts.failed(9, last)).toEqual({ action: 'fail', error: last });
    expect(last.message).toContain('memory');
    nowMs = 19_000;
    expect(attempts.recentFailure()).toBe(last);
    nowMs = 21_000;
    expect(attempts.recentFailure()).toBeUndefined();
    expect(attempts.failed(9, killed())).toEqual({ action: 'retry' });
  });

  it('do not count among deaths, at a place or on the way over damage', () => {
    attempts.failed(5, died());
    attempts.failed(5, killed());
    expect(attempts.failed(5, died())).toEqual({ action: 'retry' });
    expect(attempts.failed(5, killed())).toEqual({ action: 'retry' });
    expect(attempts.failed(5, died())).toEqual({ action: 'skip', from: 5, to: 6 });
    expect(attempts.failed(6, killed())).toEqual({ action: 'retry' });
    expect(attempts.failed(6, died())).toEqual({ action: 'skip', from: 6, to: 8 });
  });
});
