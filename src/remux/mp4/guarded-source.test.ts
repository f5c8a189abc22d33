import { EncodedPacketSink, Input, MP4 } from 'mediabunny';
import { describe, expect, it } from 'vitest';
import { readContainerIndex } from '../../probe/container-index/container-index.ts';
import { concat } from '../../probe/container-index/testing/matroska-writer.ts';
import {
  box,
  FILE_TYPE,
  fragment,
  fullBox,
  movie,
  track,
  trackDefaults,
  u32,
} from '../../probe/container-index/testing/mp4-writer.ts';
import { memorySource, sparseSource } from '../../probe/container-index/testing/sparse-source.ts';
import { openPacketReader } from '../open-reader.ts';
import { GuardedSource } from './guarded-source.ts';
import { SampleSource } from './sample-source.ts';

/** A picture of 500 bytes whose one NAL unit (an IDR slice) fills it, and 500 bytes more. */
const MEDIA = box('mdat', concat(u32(496), [0x65], new Uint8Array(995)));
const LAST_MS = 20_000;

/** A run of one keyframe of that many bytes, right behind its `moof` (of 92 bytes) and the head of `mdat`. */
const keyframe = (bytes: number) => fullBox('trun', 0x301, u32(1, 100, 1000, bytes));

/** A film of three fragments; its index (`mfra`) lists the first and the last, so that what the middle one holds is seen when it is played. */
async function packetsOf(middle: Uint8Array, firstBytes = 500, size?: number) {
  const head = concat(FILE_TYPE, movie([track({})], [trackDefaults(1, 1000, 0)]));
  const first = concat(fragment(1, 0, keyframe(firstBytes)), MEDIA);
  const last = concat(fragment(1, LAST_MS, keyframe(500)), MEDIA);
  const firstAt = head.length;
  const lastAt = firstAt + first.length + middle.length;
  const tfra = fullBox('tfra', 0, u32(1, 0, 2), entry(0, firstAt), entry(LAST_MS, lastAt));
  const mfra = box('mfra', tfra, fullBox('mfro', 0, u32(tfra.length + 24)));
  const front = concat(head, first, middle, last);
  const sizeBytes = size ?? front.length + mfra.length;
  const source = sparseSource(sizeBytes, [
    { at: 0, bytes: front },
    { at: sizeBytes - mfra.length, bytes: mfra },
  ]);
  const index = await readContainerIndex(source);
  const reader = await openPacketReader(source, index);
  const times: number[] = [];
  const span = { startSeconds: 0, endSeconds: 21, startOffset: firstAt, endOffset: front.length };
  for await (const { ptsSeconds } of reader.videoPackets(span)) times.push(ptsSeconds);
  reader.close();
  return times;
}

const entry = (time: number, at: number) => concat(u32(time, at), [1, 1, 1]);
const ENDLESS = concat(fragment(1, 10_000, fullBox('trun', 0, u32(0xffff_ffff))), MEDIA);
const damaged = expect.objectContaining({ code: 'media_damaged' });

describe('mediabunny is kept from', () => {
  it('nothing in a sound film', async () => {
    expect(await packetsOf(concat(fragment(1, 10_000, keyframe(500)), MEDIA))).toEqual([0, 10, 20]);
  });

  it('a fragment of 2^32 samples', async () => {
    await expect(packetsOf(ENDLESS)).rejects.toEqual(damaged);
  });

  it('such a fragment in bytes it has seen: a frame before it was said to reach over it', async () => {
    await expect(packetsOf(ENDLESS, 1000 + ENDLESS.length)).rejects.toEqual(damaged);
  });

  it('a frame of a gigabyte', async () => {
    await expect(packetsOf(MEDIA, 2 ** 30, 2 ** 31)).rejects.toEqual(damaged);
  });

  it('a film of nothing but box heads', async () => {
    const heads = Buffer.alloc(5000 * 8, Buffer.concat([u32(8), Buffer.from('free')]));
    const film = concat(FILE_TYPE, movie([track({})], [trackDefaults(1, 1000, 0)]), heads);
    const guard = new GuardedSource(new SampleSource(memorySource(film), film.length), 1000);
    using input = new Input({ formats: [MP4], source: guard.source });
    const [video] = await input.getVideoTracks();
    if (!video) throw new Error('no video track');
    await expect(new EncodedPacketSink(video).getPacket(10)).rejects.toEqual(damaged);
  });
});
