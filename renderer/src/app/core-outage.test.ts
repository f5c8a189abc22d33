import { describe, expect, it } from 'vitest';
import { CORE_UNREACHABLE } from '../api/problem.ts';
import { CoreOutage } from './core-outage.ts';

const FAILED = { state: 'failed', reason: 'It crashed.' } as const;

describe('a core that does not answer', () => {
  it('is asked ten times while it calls itself ready, and anew once the film has played', () => {
    const outage = new CoreOutage();
    const ask = () => outage.noAnswer({ state: 'ready' });
    for (let time = 1; time <= 10; time += 1) expect(ask()).toBeNull();
    expect(ask()).toBe(CORE_UNREACHABLE);
    outage.end();
    expect(ask()).toBeNull();
  });

  it('is given up when its supervisor did', () => {
    expect(new CoreOutage().noAnswer(FAILED)).toMatchObject({ detail: 'It crashed.' });
  });
});

describe('news of the core', () => {
  it('tell that it is back once, and nothing while it is only ready', () => {
    const outage = new CoreOutage();
    expect(outage.heard({ state: 'ready' })).toBeNull();
    expect(outage.heard({ state: 'restarting' })).toBeNull();
    expect(outage.heard({ state: 'ready' })).toBe('back');
    expect(outage.heard({ state: 'ready' })).toBeNull();
  });

  it('of its end fail a film that waits for it, not one that still has what it needs', () => {
    const outage = new CoreOutage();
    expect(outage.heard(FAILED)).toBeNull();
    outage.noAnswer({ state: 'restarting' });
    expect(outage.heard(FAILED)).toMatchObject({ code: 'core_unavailable', detail: 'It crashed.' });
  });
});
