import { describe, expect, it } from 'vitest';
import { buildCmafInit } from './cmaf-init.ts';

/** RFC 7845 §5.1: stereo, a pre-skip of 312 samples. */
const OPUS_HEAD = Buffer.from('4f707573486561640102380180bb0000000000', 'hex');

describe('the init segment of an Opus track', () => {
  it('has decoders throw away nothing: every sample has a time of its own', async () => {
    const init = await buildCmafInit({
      kind: 'audio',
      codec: 'opus',
      codecString: 'opus',
      sampleRate: 48_000,
      channels: 2,
      description: OPUS_HEAD,
    });
    // Encapsulation of Opus in ISO BMFF §4.3.2: version, channel count, pre-skip.
    const dOps = Buffer.from(init).indexOf('dOps') + 4;
    expect([...init.subarray(dOps, dOps + 4)]).toEqual([0, 2, 0, 0]);
    expect(OPUS_HEAD.readUInt16LE(10)).toBe(312);
  });
});

describe('the init segment of a FLAC track', () => {
  it('says how many bits its samples have: Chromium takes no other', async () => {
    // RFC 9639 §8.2: 24 bits, 8 channels, 48 kHz.
    const streamInfo = Buffer.from('12001200000010002e8a0bb80f70', 'hex');
    const init = await buildCmafInit({
      kind: 'audio',
      codec: 'flac',
      codecString: 'flac',
      sampleRate: 48_000,
      channels: 8,
      description: Buffer.concat([Buffer.from('664c614380000022', 'hex'), streamInfo, Buffer.alloc(20)]),
    });
    const entry = Buffer.from(init);
    expect(entry.readUInt16BE(entry.indexOf('fLaC') - 4 + 26)).toBe(24);
  });
});
