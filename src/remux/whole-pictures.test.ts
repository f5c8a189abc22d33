import { describe, expect, it } from 'vitest';
import type { Packet, PacketReader } from './packet.ts';
import { withWholePictures } from './whole-pictures.ts';

const avcC = Uint8Array.from([1, 100, 0, 31, 0xff, 0xe1, 0, 1, 0x67, 1, 0, 1, 0x68]);
const unit = (...bytes: number[]) => [0, 0, 0, bytes.length, ...bytes];

async function kept(pictures: readonly { bytes: number[]; isKey?: boolean }[]): Promise<number[]> {
  const reader: PacketReader = {
    video: {
      kind: 'video',
      codec: 'avc',
      codecString: 'avc1.64001F',
      width: 16,
      height: 16,
      pixelAspect: [1, 1],
      rotationDegrees: 0,
      description: avcC,
    },
    audio: [],
    async *videoPackets() {
      for (const [n, { bytes, isKey = false }] of pictures.entries()) {
        yield { data: Uint8Array.from(bytes), ptsSeconds: n, durationSeconds: 1, isKey };
      }
    },
    async *audioPackets() {},
    close: () => {},
  };
  const packets: Packet[] = [];
  const span = { startSeconds: 0, endSeconds: 9, startOffset: 0, endOffset: 9 };
  for await (const packet of withWholePictures(reader).videoPackets(span)) packets.push(packet);
  return packets.map(({ ptsSeconds }) => ptsSeconds);
}

const key = { bytes: [...unit(6, 1), ...unit(0x65, 2)], isKey: true };
const delta = { bytes: unit(0x41, 3) };

describe('withWholePictures', () => {
  it('keeps pictures whose units add up, zeros behind them and empty units too', async () => {
    const trailing = { bytes: [...unit(0x41, 3), ...unit(), 0, 0] };
    expect(await kept([key, delta, trailing, delta])).toEqual([0, 1, 2, 3]);
  });

  it.each([
    ['a unit that reaches beyond the picture', [0, 0, 1, 0, 0x41, 3]],
    ['the forbidden bit', unit(0xff, 3)],
    ['nothing but zeros', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['nothing at all', []],
  ])('leaves out %s, and what follows up to the next key picture', async (_, bytes) => {
    expect(await kept([key, { bytes }, delta, delta, key, delta])).toEqual([0, 4, 5]);
  });
});
