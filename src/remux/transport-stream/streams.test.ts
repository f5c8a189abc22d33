import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAudioSpecificConfig, parseAudioSpecificConfig } from '../aac.ts';
import { toAdts } from '../mpegts/adts.ts';
import { FrameSplitter, framedFormat } from './audio-frames.ts';
import { decoderConfig } from './decoder-config.ts';
import { isKeyPicture, nalUnits, parseAccessUnit } from './nal-units.ts';
import { TransportClock, WRAP_TICKS } from './transport-clock.ts';

describe('TransportClock', () => {
  it('goes on over the wrap of 33 bits, and knows what lies a little before its origin', () => {
    const clock = new TransportClock(WRAP_TICKS - 90_000);
    expect(clock.seconds(WRAP_TICKS - 90_000)).toBe(0);
    expect(clock.seconds(90_000)).toBe(2);
    expect(clock.seconds(WRAP_TICKS - 135_000)).toBe(-0.5);
  });
});

describe('frames of sound', () => {
  const config = parseAudioSpecificConfig(buildAudioSpecificConfig(2, 48_000, 2));
  if (!config) throw new Error('unreachable');
  const frame = (n: number) => toAdts(Buffer.alloc(200 + n, n), config);

  it('are found wherever PES packets end, each at its time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const stream = Buffer.concat(Array.from({ length: 20 }, (_, n) => frame(n)));
        const starts = Array.from({ length: 20 }, (_, n) => 207 * n + (n * (n - 1)) / 2);
        const splitter = new FrameSplitter('aac');
        const found = [];
        let at = 0;
        for (const size of [...sizes, stream.length]) {
          const first = starts.findIndex((start) => start >= at && start < at + size);
          found.push(
            ...splitter.push(stream.subarray(at, at + size), first < 0 ? null : 1000 + first * 1920),
          );
          at += size;
        }
        expect(found.map(({ ptsTicks }) => ptsTicks)).toEqual(
          Array.from({ length: 20 }, (_, n) => 1000 + n * 1920),
        );
        expect(found.map(({ data }) => data[0])).toEqual(Array.from({ length: 20 }, (_, n) => n));
      }),
    );
  });

  it('tell their format, and are not seen in noise', () => {
    expect(framedFormat(Buffer.concat([frame(1), frame(2)]), 'aac')).toMatchObject({
      codecString: 'mp4a.40.2',
      sampleRate: 48_000,
      channels: 2,
    });
    expect(framedFormat(Buffer.alloc(5000, 0xff), 'aac')).toBeNull();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 })), (payloads) => {
        const splitter = new FrameSplitter('mp3');
        for (const payload of payloads) splitter.push(payload, 0);
      }),
    );
  });
});

describe('pictures', () => {
  const unit = (...bytes: number[]) => [0, 0, 0, 1, ...bytes];

  it('lose delimiters and parameter sets, and get lengths', () => {
    const picture = parseAccessUnit(
      Uint8Array.from([
        ...unit(9, 0xf0),
        ...unit(0x67, 1, 2, 3),
        ...unit(0x68, 4),
        ...unit(0x65, 0x88, 5, 6),
      ]),
      'avc',
    );
    expect([...picture.data]).toEqual([0, 0, 0, 4, 0x65, 0x88, 5, 6]);
    expect(picture.parameterSets.map((set) => set[0])).toEqual([0x67, 0x68]);
    expect(picture).toMatchObject({ isKey: true, isReference: true, pictures: 1 });
  });

  it('that begin with a recovery point are no key pictures of H.264', () => {
    const bytes = Uint8Array.from([...unit(9, 0xf0), ...unit(6, 6, 1, 0x80), ...unit(0x41, 0x88, 5)]);
    expect(isKeyPicture(bytes, 'avc')).toBe(false);
    expect(isKeyPicture(Uint8Array.from([...unit(0x65, 0x88)]), 'avc')).toBe(true);
    expect(isKeyPicture(Uint8Array.from([...unit(0x26, 1, 0x80)]), 'hevc')).toBe(true);
  });

  it('of absurdly many units are none', () => {
    const absurd = Buffer.concat(new Array(20_000).fill(Buffer.of(0, 0, 1, 0x65, 0x88)));
    expect(parseAccessUnit(absurd, 'avc')).toMatchObject({ pictures: 0, isKey: false, isReference: true });
  });

  it('have no configuration where there are more or longer sets than it can hold', () => {
    // Constrained baseline, 16 × 16.
    const sps = (id: number) => Uint8Array.from([0x67, 66, 0xc0, 10, 0xf8, 0x41, 0xa2, id]);
    const pps = (id: number, more = 0) => Buffer.concat([Buffer.of(0x68, id), Buffer.alloc(more, 1)]);
    const of = (length: number, set: (n: number) => Uint8Array) => Array.from({ length }, (_, n) => set(n));
    expect(decoderConfig('avc', [sps(0), pps(0)])).not.toBeNull();
    expect(decoderConfig('avc', [...of(32, sps), pps(0)])).toBeNull();
    expect(decoderConfig('avc', [sps(0), ...of(256, pps)])).toBeNull();
    expect(decoderConfig('avc', [sps(0), pps(0, 70_000)])).toBeNull();
  });

  it('and decoder configurations survive any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('avc', 'hevc'), (bytes, codec) => {
        const stream = Buffer.concat([Buffer.of(0, 0, 1, codec === 'avc' ? 0x67 : 0x42), bytes]);
        const picture = parseAccessUnit(stream, codec);
        expect(picture.data.length).toBeLessThanOrEqual(2 * stream.length);
        decoderConfig(codec, [...nalUnits(stream)]);
      }),
      { numRuns: 500 },
    );
  });
});
