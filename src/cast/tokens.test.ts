import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RaffiError } from '../errors.ts';
import { CastTokens } from './tokens.ts';

const TV = '192.168.1.7';
const MINUTE = 60_000;

let nowMs: number;
let emptied: number;
let tokens: CastTokens;
beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 1_800_000_000_000;
  emptied = 0;
  tokens = new CastTokens({
    now: () => nowMs,
    onLastGone: () => {
      emptied += 1;
    },
  });
});
afterEach(() => {
  tokens.close();
  vi.useRealTimers();
});

describe('a token', () => {
  test('is 32 random bytes, and opens its session alone', () => {
    const issued = Array.from({ length: 10 }, () => tokens.issue('film').token);
    expect(new Set(issued).size).toBe(10);
    for (const token of issued) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const [token = ''] = issued;
    expect(tokens.verify(token, 'other', TV)).toBe(false);
    expect(tokens.verify(token, 'film', TV)).toBe(true);
  });

  test.each(['', 'x', 'A'.repeat(43), 'A'.repeat(44), '__proto__', 'A'.repeat(1e6)])(
    '%.50j opens nothing',
    (forged) => {
      tokens.issue('film');
      expect(tokens.verify(forged, 'film', TV)).toBe(false);
    },
  );

  test('is taken as it was issued: not in other letters, not cut, not longer', () => {
    const { token } = tokens.issue('film');
    for (const other of [token.toLowerCase(), token.slice(1), `${token}=`, ` ${token}`, `${token}\n`])
      expect(tokens.verify(other, 'film', TV)).toBe(false);
  });

  test('belongs to the first device that uses it; this computer may look without being that', () => {
    const { token } = tokens.issue('film');
    expect(tokens.verify(token, 'film', null)).toBe(true);
    expect(tokens.isDevice(TV)).toBe(false);
    expect(tokens.verify(token, 'film', `::ffff:${TV}`)).toBe(true);
    expect(tokens.verify(token, 'film', TV)).toBe(true);
    expect(tokens.isDevice(`::FFFF:${TV}`)).toBe(true);
    expect(tokens.verify(token, 'film', '192.168.1.8')).toBe(false);
    expect(tokens.isDevice('192.168.1.8')).toBe(false);
    expect(tokens.verify(token, 'film', null)).toBe(true);
  });

  test('does not become a device’s by a try at another session', () => {
    const { token } = tokens.issue('film');
    expect(tokens.verify(token, 'other', '192.168.1.66')).toBe(false);
    expect(tokens.verify(token, 'film', TV)).toBe(true);
  });

  test.each([
    [undefined, 900],
    [1, 30],
    [30, 30],
    [3600, 3600],
    [1e9, 86_400],
    [Number.POSITIVE_INFINITY, 86_400],
  ])('that is to last %s s lasts %s s', (ttlSeconds, seconds) => {
    const { token, expiresAtMs } = tokens.issue('film', ttlSeconds);
    expect(expiresAtMs - nowMs).toBe(seconds * 1000);
    nowMs = expiresAtMs - 1;
    expect(tokens.verify(token, 'film', TV)).toBe(true);
    nowMs = expiresAtMs;
    expect(tokens.verify(token, 'film', TV)).toBe(false);
    expect(tokens.isDevice(TV)).toBe(false);
  });

  test('is renewed from now, and stays its device’s; never once it has expired', () => {
    const { token } = tokens.issue('film', 60);
    tokens.verify(token, 'film', TV);
    nowMs += 59_000;
    expect(tokens.renew(token, 60)).toMatchObject({ sessionId: 'film', expiresAtMs: nowMs + MINUTE });
    nowMs += 59_000;
    expect(tokens.verify(token, 'film', '192.168.1.8')).toBe(false);
    expect(tokens.verify(token, 'film', TV)).toBe(true);
    nowMs += 1000;
    expect(() => tokens.renew(token)).toThrow(expect.objectContaining({ code: 'token_invalid' }));
  });
});

describe('the last token', () => {
  test('is told of when it is revoked: by itself, or with its session', () => {
    const one = tokens.issue('film').token;
    const two = tokens.issue('film').token;
    tokens.issue('other');
    tokens.revoke(one);
    expect(tokens.verify(one, 'film', TV)).toBe(false);
    expect(tokens.verify(two, 'film', TV)).toBe(true);
    tokens.revokeSession('film');
    expect(tokens.verify(two, 'film', TV)).toBe(false);
    expect([tokens.count, emptied]).toEqual([1, 0]);
    tokens.revokeSession('other');
    tokens.revokeSession('other');
    tokens.revoke('nothing');
    expect([tokens.count, emptied]).toEqual([0, 1]);
  });

  test('is swept within 30 s of its end', () => {
    tokens.issue('film', 30);
    nowMs += 29_999;
    vi.advanceTimersByTime(30_000);
    expect([tokens.count, emptied]).toEqual([1, 0]);
    nowMs += 1;
    vi.advanceTimersByTime(30_000);
    expect([tokens.count, emptied]).toEqual([0, 1]);
  });

  test('goes with all others at the end, and no timer stays', () => {
    tokens.issue('film');
    tokens.close();
    expect([tokens.count, emptied, vi.getTimerCount()]).toEqual([0, 1, 0]);
  });
});

describe('tokens are bounded', () => {
  test('in one session: until one of its own ends', () => {
    for (let n = 0; n < 16; n++) tokens.issue('film', 600 + n);
    const refusal = refusalOf(() => tokens.issue('film'));
    expect(refusal).toMatchObject({ code: 'too_many_requests', status: 429, retryAfterSeconds: 600 });
    expect(tokens.issue('other').token).toHaveLength(43);
    nowMs += 600_000;
    expect(tokens.issue('film').token).toHaveLength(43);
  });

  test('in all, and in how many are issued a minute', () => {
    let refusal: RaffiError | undefined;
    let n = 0;
    for (; tokens.count < 256; n++) {
      refusal = refusalOf(() => tokens.issue(`film ${n}`, 7200));
      if (!refusal) continue;
      expect(refusal).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 60 });
      expect(tokens.count % 60).toBe(0);
      nowMs += MINUTE;
    }
    nowMs += MINUTE;
    refusal = refusalOf(() => tokens.issue('one more'));
    expect(refusal?.retryAfterSeconds).toBeCloseTo(7200 - 5 * 60);
    tokens.revokeSession('film 0');
    expect(tokens.issue('one more').token).toHaveLength(43);
  });
});

function refusalOf(work: () => unknown): RaffiError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof RaffiError) return error;
    throw error;
  }
}
