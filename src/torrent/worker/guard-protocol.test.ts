import { once } from 'node:events';
import ProtocolWire from 'bittorrent-protocol';
import { describe, expect, test } from 'vitest';
import './guard-protocol.ts';
import { framed, HANDSHAKE } from './wire.fixture.ts';

const u32 = (...bytes: number[]) => Uint8Array.from(bytes);
const extended = (text: string) => framed(Buffer.from(`\x14\0${text}`));

// An exception of any of them would fail this file, as nobody catches it.
describe('the connection ends to a peer that', () => {
  test.each(['tcpIncoming', 'tcpOutgoing'])(
    'begins encryption with a key that is none (%s)',
    async (type) => {
      const wire = new ProtocolWire(type, 1);
      wire.write(Buffer.alloc(96));
      await once(wire, 'finish');
    },
  );

  test.each([
    ['announces a message of more than a mebibyte', u32(0x00, 0x10, 0x00, 0x01)],
    ['of two gigabytes', u32(0x7f, 0xff, 0xff, 0xff)],
    ['of four', u32(0xff, 0xff, 0xff, 0xff)],
    ['names extensions by dictionaries', extended('d1:md1:ad8:toString1:xeee')],
  ])('%s', async (_what, bytes) => {
    const wire = new ProtocolWire('tcpIncoming');
    wire.write(Buffer.concat([HANDSHAKE, bytes]));
    await once(wire, 'finish');
  });

  test('sends what makes the library throw before hands are shaken', async () => {
    const wire = new ProtocolWire('tcpIncoming');
    wire._parse(1, () => {
      throw new Error('it trusted a stranger');
    });
    wire.write(Uint8Array.of(1));
    await once(wire, 'finish');
  });
});

test('a message of a mebibyte comes through', async () => {
  const wire = new ProtocolWire('tcpIncoming');
  const coming = once(wire, 'bitfield');
  wire.write(Buffer.concat([HANDSHAKE, framed(Buffer.alloc(1024 * 1024, 5))]));
  expect((await coming)[0].length).toBe((1024 * 1024 - 1) * 8);
});

test('an error of our own is not hidden', async () => {
  const wire = new ProtocolWire('tcpIncoming');
  const shaken = once(wire, 'handshake');
  wire.write(HANDSHAKE);
  await shaken;
  wire._parse(0, () => {
    throw new Error('ours');
  });
  expect(() => wire._processBuffer()).toThrow('ours');
});
