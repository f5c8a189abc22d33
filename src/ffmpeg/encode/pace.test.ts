import { beforeEach, describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

let now: number;
let pace: Pace;
beforeEach(() => {
  now = 1000;
  pace = new Pace(() => now);
});

/** Time goes on, then something happens. */
function later(ms: number, what: 'started' | 'leapt' | 'made' | 'paused' | 'resumed'): void {
  now += ms;
  pace[what]();
}

describe('Pace', () => {
  it('knows nothing of starts and leaps before there were any', () => {
    expect(pace.starts).toBe(0);
    expect(pace.scene()).toMatchObject({ startedAt: null, leaptAt: null, leaptBeforeAt: null, now: 1000 });
  });

  it('learns what a start costs from first segments, and what a segment costs from the others', () => {
    for (let round = 0; round < 30; round++) {
      later(0, 'started');
      later(200, 'made');
      for (let n = 0; n < 3; n++) later(50, 'made');
    }
    const { startMs, segmentMs } = pace.scene();
    expect(startMs).toBeCloseTo(200, 0);
    expect(segmentMs).toBeCloseTo(50, 0);
    expect(pace.starts).toBe(30);
  });

  it('does not take for the encoder’s slowness what it had to wait', () => {
    later(0, 'started');
    later(100, 'made');
    for (let round = 0; round < 30; round++) {
      later(20, 'paused');
      later(60_000, 'resumed');
      later(20, 'made');
    }
    expect(pace.scene().segmentMs).toBeCloseTo(40, 0);
  });

  it('remembers the last two leaps', () => {
    later(10, 'leapt');
    later(10, 'leapt');
    later(10, 'leapt');
    expect(pace.scene()).toMatchObject({ leaptAt: 1030, leaptBeforeAt: 1020 });
  });
});
