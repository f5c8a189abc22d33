import { describe, expect, test } from 'vitest';
import type { PieceWant } from '../wants.ts';
import { Parole } from './parole.ts';
import { type PickPeer, pickBlocks } from './pick-blocks.ts';
import { BLOCK_BYTES, PieceProgress } from './piece-progress.ts';

const WANTS: PieceWant[] = [
  { from: 5, end: 6, band: 'now' },
  { from: 6, end: 8, band: 'next' },
];

/** Pieces of eight blocks, begun when they are first looked at. */
function swarm(here: readonly number[] = [], wrong: readonly number[] = [], wants = WANTS) {
  const pieces = new Map<number, PieceProgress<string>>();
  const progressOf = (index: number) => {
    if (here.includes(index)) return null;
    const bytes = new Uint8Array(8 * BLOCK_BYTES);
    const parole = wrong.includes(index) ? new Parole<string>(bytes.length) : null;
    const piece = pieces.get(index) ?? new PieceProgress<string>(index, bytes, parole);
    pieces.set(index, piece);
    return piece;
  };
  const pick = (id: string, peer: Partial<PickPeer<string>> = {}) =>
    pickBlocks(
      { wants, progressOf },
      { id, has: () => true, capacity: 100, underWay: 0, share: 1, nowMs: 0, ...peer },
    ).map(({ piece, block }) => `${piece.index}.${block}`);
  return { pick, progressOf };
}

const blocks = (piece: number, from: number, end: number) =>
  Array.from({ length: end - from }, (_, n) => `${piece}.${from + n}`);

describe('pickBlocks', () => {
  test('asks for what is most urgent first, up to what the peer takes', () => {
    expect(swarm().pick('a', { capacity: 10 })).toEqual([...blocks(5, 0, 8), '6.0', '6.1']);
  });

  test('asks no peer for what it does not have, nor anybody for what is here', () => {
    expect(swarm([6]).pick('a', { has: (piece) => piece !== 5 })).toEqual(blocks(7, 0, 8));
  });

  test('splits the piece that somebody waits for by what the peers give', () => {
    const { pick } = swarm();
    const fast = pick('fast', { share: 0.6, capacity: 6 });
    expect(fast).toEqual(blocks(5, 0, 6));
    expect(pick('slow', { share: 0.4, capacity: 6 })).toEqual(['5.6', '5.7', ...blocks(6, 0, 4)]);
  });

  test('a peer that has its part of it goes on with what comes next', () => {
    const { pick } = swarm();
    expect(pick('a', { share: 0.25, capacity: 5 })).toEqual([...blocks(5, 0, 3), '6.0', '6.1']);
    expect(pick('a', { share: 0.25, capacity: 2 })).toEqual(['6.2', '6.3']);
  });

  test('asks once more for blocks that are slow in coming, the oldest first, and never a third time', () => {
    const { pick } = swarm([6, 7]);
    expect(pick('slow', { capacity: 3, nowMs: 0 })).toEqual(blocks(5, 0, 3));
    expect(pick('late', { capacity: 5, nowMs: 200 })).toEqual(blocks(5, 3, 8));
    expect(pick('fast', { nowMs: 249 })).toEqual([]);
    // Peers answer in order: of what was asked for together the last would come latest.
    expect(pick('fast', { nowMs: 250 })).toEqual(blocks(5, 0, 3).reverse());
    expect(pick('other', { nowMs: 9_000 })).toEqual(blocks(5, 3, 8).reverse());
    expect(pick('third', { nowMs: 99_000 })).toEqual([]);
  });

  test('a piece on parole is split with nobody', () => {
    expect(swarm([6, 7], [5]).pick('a', { share: 0.25 })).toEqual(blocks(5, 0, 8));
  });

  test('what will only be wanted later is not asked for twice so soon', () => {
    const { pick } = swarm([5]);
    pick('slow', { capacity: 8, nowMs: 0 });
    expect(pick('fast', { capacity: 8, nowMs: 1_000 })).toEqual(blocks(7, 0, 8));
    expect(pick('fast', { capacity: 8, nowMs: 2_000 })).toEqual(blocks(6, 0, 8).reverse());
  });

  test('of what nobody asked for a peer has two blocks under way, behind all else', () => {
    const wants: PieceWant[] = [...WANTS, { from: 8, end: 20, band: 'warm' }];
    const { pick } = swarm([5, 6], [], wants);
    expect(pick('a')).toEqual(blocks(7, 0, 8));
    expect(pick('b', { underWay: 2 })).toEqual([]);
    expect(pick('b', { underWay: 1 })).toEqual(['8.0']);
    expect(pick('c')).toEqual(['8.1', '8.2']);
    expect(pick('d', { capacity: 1 })).toEqual(['8.3']);
  });

  test('of what was asked for it has as much as its pace allows', () => {
    expect(swarm([5, 6, 7], [], [{ from: 8, end: 20, band: 'rest' }]).pick('a', { capacity: 12 })).toEqual([
      ...blocks(8, 0, 8),
      ...blocks(9, 0, 4),
    ]);
  });
});
