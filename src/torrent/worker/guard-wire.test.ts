import { expect, test } from 'vitest';
import type { Torrent, Wire } from 'webtorrent';
import { guardWire } from './guard-wire.ts';

/** A wire as far as the guard takes part in it, and what came through. */
function wireOf(pieceCount: number, onExtended: () => unknown = () => {}) {
  const came: unknown[] = [];
  const wire = {
    _onHave: (index: number) => came.push(index),
    _onExtended: onExtended,
    destroy: () => came.push('ended'),
  } as unknown as Wire;
  guardWire(wire, { pieces: new Array(pieceCount) } as Pick<Torrent, 'pieces'>);
  return { wire, came };
}

test.each([
  ['the last piece', 10, 9, [9]],
  ['a piece beyond the last', 10, 10, ['ended']],
  ['the last number there is', 10, 0xffff_fffe, ['ended']],
  ['any, while nobody knows how many there are', 0, 0xffff_fffe, [0xffff_fffe]],
] as const)('a peer that has %s', (_what, pieceCount, index, outcome) => {
  const { wire, came } = wireOf(pieceCount);
  wire._onHave(index);
  expect(came).toEqual(outcome);
});

test('a message of an extension that throws, at once or later, ends the connection and nothing else', async () => {
  const sync = wireOf(1, () => {
    throw new TypeError('it trusted a stranger');
  });
  sync.wire._onExtended(1, Buffer.alloc(0));
  expect(sync.came).toEqual(['ended']);
  const later = wireOf(1, () => Promise.reject(new TypeError('it trusted a stranger')));
  later.wire._onExtended(1, Buffer.alloc(0));
  await expect.poll(() => later.came).toEqual(['ended']);
});
