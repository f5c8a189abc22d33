import { EventEmitter, once } from 'node:events';
import ProtocolWire from 'bittorrent-protocol';
import { describe, expect, test } from 'vitest';
import type { Torrent } from 'webtorrent';
import { guardWire } from './guard-wire.ts';
import { framed, HANDSHAKE, numbered } from './wire.fixture.ts';

const [INTERESTED, HAVE, REQUEST] = [2, 4, 6];
const BLOCK_BYTES = 16 * 1024;
const KEEP_ALIVE = Buffer.alloc(4);

/** A wire of the library's own, guarded as webtorrent has it, and who is at its other end. */
function wireOf(pieceCount: number, checkDone: () => unknown = () => {}) {
  const wire = new ProtocolWire('tcpOutgoing');
  const pex = new EventEmitter();
  Object.assign(wire, { ut_metadata: { _checkDone: checkDone }, ut_pex: pex });
  guardWire(wire, { pieces: new Array(pieceCount) } as Pick<Torrent, 'pieces'>);
  wire.write(HANDSHAKE);
  wire.unchoke();
  /** Says whether the connection is still there after so many bytes. */
  const isOpenAfter = async (...messages: Uint8Array[]) => {
    const isOpen = Promise.race([
      once(wire, 'keep-alive').then(() => true),
      once(wire, 'finish').then(() => false),
    ]);
    wire.write(Buffer.concat([...messages, KEEP_ALIVE]));
    return await isOpen;
  };
  return { wire, pex, isOpenAfter };
}

const requests = (count: number, length = BLOCK_BYTES) =>
  Array.from({ length: count }, (_, block) => numbered(REQUEST, 0, block * length, length));

test.each([
  ['the last piece', 10, 9, true],
  ['a piece beyond the last', 10, 10, false],
  ['the last number there is', 10, 0xffff_ffff, false],
  ['any, while nobody knows how many there are', 0, 0x7fff_ffff, true],
  ['the last number there is, while nobody knows', 0, 0xffff_ffff, false],
])('a peer that has %s', async (_what, pieceCount, index, isOpen) => {
  const { wire, isOpenAfter } = wireOf(pieceCount);
  const came: number[] = [];
  wire.on('have', (piece: number) => came.push(piece));
  expect(await isOpenAfter(numbered(HAVE, index))).toBe(isOpen);
  expect(came).toEqual(isOpen ? [index] : []);
});

describe('a peer that asks', () => {
  test('is told for how much it may', () => {
    expect(wireOf(1).wire.extendedHandshake.reqq).toBe(250);
  });

  test('for as many blocks as it may gets them, for one more is left', async () => {
    const { isOpenAfter } = wireOf(1);
    expect(await isOpenAfter(...requests(500))).toBe(true);
    expect(await isOpenAfter(...requests(1))).toBe(false);
  });

  test('and takes nothing is left', async () => {
    const { wire, isOpenAfter } = wireOf(1);
    wire.on('request', (_index, _offset, length: number, answer: (error: null, block: Uint8Array) => void) =>
      answer(null, new Uint8Array(length)),
    );
    expect(await isOpenAfter(...requests(500))).toBe(true);
    expect(await isOpenAfter(...requests(100))).toBe(false);
  });

  test('for large blocks is owed no more bytes', async () => {
    const { isOpenAfter } = wireOf(1);
    expect(await isOpenAfter(...requests(63, 8 * BLOCK_BYTES))).toBe(true);
    expect(await isOpenAfter(...requests(1, 8 * BLOCK_BYTES))).toBe(false);
  });

  test('for anything once so much waits for it is left', async () => {
    const { wire, isOpenAfter } = wireOf(1);
    const interested = framed(Uint8Array.of(INTERESTED));
    for (let sent = 0; sent < 900_000; sent += 1) wire.have(0);
    expect(await isOpenAfter(interested)).toBe(true);
    for (let sent = 0; sent < 100_000; sent += 1) wire.have(0);
    expect(await isOpenAfter(interested)).toBe(false);
  });
});

test('a port of the DHT is taken once', async () => {
  const { wire, isOpenAfter } = wireOf(1);
  const ports: number[] = [];
  wire.on('port', (port: number) => ports.push(port));
  const port = (number: number) => framed(Uint8Array.of(9, 0, number));
  expect(await isOpenAfter(port(1), port(2), port(3))).toBe(true);
  expect(ports).toEqual([1]);
});

test('a peer tells of so many others and no more', async () => {
  const { pex, isOpenAfter } = wireOf(1);
  for (let peer = 1; peer < 10_000; peer += 1) pex.emit('peer');
  expect(await isOpenAfter()).toBe(true);
  pex.emit('dropped');
  expect(await isOpenAfter()).toBe(false);
});

test.each([
  [
    'at once',
    () => {
      throw new TypeError('it trusted a stranger');
    },
  ],
  ['later', () => Promise.reject(new TypeError('it trusted a stranger'))],
])(
  'a description that cannot be taken apart (%s) ends the connection and nothing else',
  async (_when, checkDone) => {
    const { wire } = wireOf(1, checkDone);
    wire.ut_metadata._checkDone();
    await once(wire, 'finish');
  },
);
