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
