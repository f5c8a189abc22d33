import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { film } from '../../../test/lab/media/index.ts';
import { mustFfmpeg } from '../../../test/lab/tools.ts';
import type { Packet } from '../../remux/packet.ts';
import { FragmentParser } from './fragment-parser.ts';

const OFFSET_SECONDS = 10;
const FRAGMENTS = '+empty_moov+default_base_moof+frag_every_frame+frag_discont';

let video: Buffer;
let sound: Buffer;
beforeAll(async () => {
  const input = ['-v', 'error', '-copyts', '-t', '2', '-i', await film('gop2-mp4')];
  const output = ['-c', 'copy', '-f', 'mp4', '-use_editlist', '0', '-avoid_negative_ts', 'disabled'];
  const offset = ['-output_ts_offset', String(OFFSET_SECONDS), '-movflags', FRAGMENTS, 'pipe:1'];
  [video, sound] = await Promise.all([
    mustFfmpeg([...input, '-map', '0:v', ...output, ...offset]),
    mustFfmpeg([...input, '-map', '0:a', ...output, ...offset]),
  ]);
});

/** All packets of bytes that come in pieces of a size. */
function parse(bytes: Buffer, chunkBytes = bytes.length) {
  const parser = new FragmentParser(OFFSET_SECONDS);
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    // Copied, since a packet is a view into the chunk that it came in.
    packets.push(...parser.push(Buffer.from(bytes.subarray(at, at + chunkBytes))));
  }
  return { header: parser.header, packets };
}

describe('FragmentParser', () => {
  it('reads a picture: its decoder configuration, its frames and their times', () => {
    const { header, packets } = parse(video);
    expect(header?.sampleEntry).toBe('avc1');
    expect(header?.description?.slice(0, 2)).toEqual(Uint8Array.of(1, 100));
    const times = packets.map(({ ptsSeconds }) => ptsSeconds).toSorted((a, b) => a - b);
    expect(times.length).toBeGreaterThanOrEqual(48);
    for (const [n, time] of times.slice(0, 48).entries()) expect(time).toBeCloseTo(n / 24, 4);
    expect(packets.slice(0, 48).map(({ isKey }) => isKey)).toEqual(
      Array.from({ length: 48 }, (_, n) => n === 0),
    );
    // Length-prefixed NAL units fill each packet exactly (ISO/IEC 14496-15).
    for (const { data } of packets) {
      let at = 0;
      while (at < data.length) at += 4 + Buffer.from(data).readUInt32BE(at);
      expect(at).toBe(data.length);
    }
  });

  it('reads sound: AudioSpecificConfig, and frames of one length', () => {
    const { header, packets } = parse(sound);
    expect(header).toEqual({ sampleEntry: 'mp4a', description: expect.any(Uint8Array) });
    // AAC-LC, 48 kHz, two channels (ISO/IEC 14496-3 §1.6.2.1).
    expect([...(header?.description ?? [])].slice(0, 2)).toEqual([0x11, 0x90]);
    for (const [n, { ptsSeconds }] of packets.entries()) {
      expect(ptsSeconds - (packets[0]?.ptsSeconds ?? 0)).toBeCloseTo((n * 1024) / 48_000, 4);
    }
  });

  it.each([1, 7, 1000])('gives the same whatever the pipe’s pieces: %i bytes', (chunkBytes) => {
    expect(parse(sound, chunkBytes)).toEqual(parse(sound));
  });

  it('gives each packet as soon as its bytes are there', () => {
    const parser = new FragmentParser(OFFSET_SECONDS);
    const wanted = parse(sound).packets.length;
    const gave = new Set<number>();
    for (let at = 0; at < sound.length; at += 100) gave.add(parser.push(sound.subarray(at, at + 100)).length);
    expect(Math.max(...gave)).toBeLessThan(wanted / 4);
  });

  it.each([
    ['text', Buffer.from('ffmpeg version 7 Copyright (c) 2000-2024')],
    ['zeros', Buffer.alloc(64)],
    ['a moov without a track', Buffer.from('\0\0\0\x10moov\0\0\0\x08trak', 'latin1')],
  ])('refuses %s', (_, bytes) => {
    expect(() => new FragmentParser(0).push(bytes)).toThrow(RangeError);
  });

  it.each([
    ['is absurdly large', '\x7f\0\0\0mdat'],
    ['never ends', '\0\0\0\0mdat'],
    ['says so in 64 bits', '\0\0\0\x01mdat\0\0\x7f\0\0\0\0\0'],
  ])('refuses a box that %s by its header, before it has eaten the memory', (_, head) => {
    const bytes = Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(16)]);
    expect(() => new FragmentParser(0).push(bytes)).toThrow(RangeError);
  });

  it('answers any damage with packets or a RangeError, never more bytes than came', () => {
    const damage = fc.array(fc.record({ at: fc.nat(3000), byte: fc.nat(255) }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(damage, (edits) => {
        const bytes = Buffer.from(sound.subarray(0, 6000));
        for (const { at, byte } of edits) bytes[at] = byte;
        try {
          const { packets } = parse(bytes, 512);
          const total = packets.reduce((sum, { data }) => sum + data.length, 0);
          expect(total).toBeLessThanOrEqual(bytes.length);
          expect(packets.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
