import { describe, expect, test } from 'vitest';
import { Parole, type ParoleCandidate } from './parole.ts';

const PIECE_BYTES = 64 * 1024;
/** Longer than a first turn. */
const LONG_MS = 6_000;

/** Peers by name: how fast each is; those in `silent` keep us waiting. */
function candidates(
  speeds: Record<string, number>,
  silent: readonly string[] = [],
): ParoleCandidate<string>[] {
  return Object.entries(speeds).map(([id, speed]) => ({ id, speed, isAnswering: !silent.includes(id) }));
}

describe('Parole', () => {
  test('the first that may takes it, and nobody else while it gives', () => {
    const parole = new Parole<string>(PIECE_BYTES);
    const both = candidates({ a: 10, b: 10 });
    expect(parole.holder).toBeNull();
    expect([parole.takes('b', both, 0), parole.takes('a', both, 1), parole.takes('b', both, 2)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(parole.holder).toBe('b');
  });

  test('is for a fast peer where there is a choice', () => {
    const parole = new Parole<string>(PIECE_BYTES);
    const some = candidates({ fast: 100, good: 60, slow: 30 });
    expect([parole.takes('slow', some, 0), parole.takes('good', some, 0)]).toEqual([false, true]);
    expect(new Parole<string>(PIECE_BYTES).takes('slow', candidates({ slow: 30 }), 0)).toBe(true);
  });

  test('a peer that can be asked no more loses it', () => {
    const parole = new Parole<string>(PIECE_BYTES);
    parole.takes('a', candidates({ a: 10, b: 10 }), 0);
    expect(parole.takes('b', candidates({ b: 10 }), 1)).toBe(true);
    expect(parole.holder).toBe('b');
  });

  test('a peer that is silent loses it to one that is not, and not to another that is silent', () => {
    const parole = new Parole<string>(PIECE_BYTES);
    parole.takes('a', candidates({ a: 10, b: 10 }), 0);
    expect(parole.takes('b', candidates({ a: 10, b: 10 }, ['a', 'b']), 1)).toBe(false);
    expect(parole.takes('b', candidates({ a: 10, b: 10 }, ['a']), 2)).toBe(true);
  });

  test('of silent peers each has its turn', () => {
    const parole = new Parole<string>(PIECE_BYTES);
    const silent = candidates({ a: 10, b: 10 }, ['a', 'b']);
    expect([parole.takes('a', silent, 0), parole.takes('b', silent, LONG_MS)]).toEqual([true, true]);
  });

  test('turns end: those that had none come first, then longer ones begin', () => {
    const parole = new Parole<string>(PIECE_BYTES);
    const all = candidates({ a: 10, b: 10, c: 10 });
    const turn = (peer: string, nowMs: number) => parole.takes(peer, all, nowMs);
    expect(turn('a', 0)).toBe(true);
    expect([turn('b', LONG_MS - 1_000), turn('b', LONG_MS)]).toEqual([false, true]);
    expect([turn('a', 2 * LONG_MS), turn('c', 2 * LONG_MS)]).toEqual([false, true]);
    expect(turn('a', 3 * LONG_MS)).toBe(true);
    expect([turn('b', 4 * LONG_MS), turn('b', 5 * LONG_MS)]).toEqual([false, true]);
  });

  test('whoever is alone has all the time', () => {
    const parole = new Parole<string>(PIECE_BYTES);
    parole.takes('a', candidates({ a: 10 }), 0);
    expect(parole.takes('b', candidates({ a: 10, b: 10 }, ['b']), 100 * LONG_MS)).toBe(false);
    expect(parole.takes('a', candidates({ a: 10 }), 100 * LONG_MS)).toBe(true);
  });

  test('a turn is longer for a large piece', () => {
    const parole = new Parole<string>(16 * 1024 * 1024);
    const both = candidates({ a: 10, b: 10 });
    parole.takes('a', both, 0);
    expect([parole.takes('b', both, 60_000), parole.takes('b', both, 120_000)]).toEqual([false, true]);
  });
});
