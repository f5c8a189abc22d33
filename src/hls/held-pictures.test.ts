import { describe, expect, it } from 'vitest';
import { knownCuts } from '../plan/cuts.ts';
import type { Packet, PacketReader, Span } from '../remux/packet.ts';
import { type HeldStretch, withHeldPictures } from './held-pictures.ts';

const SEGMENT_SECONDS = 4;
const FRAME_SECONDS = 0.5;
const COUNT = 6;

const plan = {
  segments: Array.from({ length: COUNT }, (_, index) => ({
    index,
    startSeconds: index * SEGMENT_SECONDS,
    endSeconds: (index + 1) * SEGMENT_SECONDS,
    startOffset: index,
    endOffset: index + 1,
  })),
  targetDurationSeconds: SEGMENT_SECONDS,
  durationSeconds: COUNT * SEGMENT_SECONDS,
  videoEndSeconds: COUNT * SEGMENT_SECONDS,
};

/** A film whose pictures between two times are gone, and those that are predicted from them. */
function damagedFilm(from: number, to: number) {
  const notes: HeldStretch[] = [];
  const reader: PacketReader = {
    video: null,
    audio: [],
    async *videoPackets({ startSeconds, endSeconds }: Span) {
      for (let time = startSeconds; time < endSeconds; time += FRAME_SECONDS) {
        if (time >= from && time < to) continue;
        const isKey = time === startSeconds;
        yield { data: Uint8Array.of(time), ptsSeconds: time, durationSeconds: FRAME_SECONDS, isKey };
      }
    },
    async *audioPackets() {},
    close: () => {},
  };
  const held = withHeldPictures(reader, knownCuts(plan), FRAME_SECONDS, (stretch) => notes.push(stretch));
  const read = async (index: number): Promise<Packet[]> => {
    const packets: Packet[] = [];
    const segment = plan.segments[index];
    if (segment) for await (const packet of held.videoPackets(segment)) packets.push(packet);
    return packets;
  };
  return { read, notes };
}

describe('withHeldPictures', () => {
  it('leaves a whole film as it is', async () => {
    const { read, notes } = damagedFilm(0, 0);
    expect((await read(2)).map(({ ptsSeconds }) => ptsSeconds)).toEqual([8, 8.5, 9, 9.5, 10, 10.5, 11, 11.5]);
    expect(notes).toEqual([]);
  });

  it('holds the key picture of a segment before one without any', async () => {
    const { read, notes } = damagedFilm(8, 16);
    for (const [index, from] of [
      [2, 4],
      [3, 4],
    ] as const) {
      const start = index * SEGMENT_SECONDS;
      expect(await read(index)).toEqual([
        { data: Uint8Array.of(from), ptsSeconds: start, durationSeconds: SEGMENT_SECONDS, isKey: true },
      ]);
    }
    expect(notes).toEqual([
      { startSeconds: 8, endSeconds: 12 },
      { startSeconds: 12, endSeconds: 16 },
    ]);
  });

  it('holds one behind it at the beginning, and fills the front of a segment that begins late', async () => {
    const first = await damagedFilm(0, 4).read(0);
    expect(first).toEqual([{ data: Uint8Array.of(4), ptsSeconds: 0, durationSeconds: 4, isKey: true }]);
    const late = damagedFilm(4, 5);
    expect((await late.read(1)).slice(0, 2)).toMatchObject([
      { data: Uint8Array.of(0), ptsSeconds: 4, durationSeconds: 1, isKey: true },
      { ptsSeconds: 5 },
    ]);
  });

  it('tells of what is missing within a segment and at its end', async () => {
    const within = damagedFilm(9, 11);
    await within.read(2);
    expect(within.notes).toEqual([{ startSeconds: 9, endSeconds: 11 }]);
    const atEnd = damagedFilm(10, 12);
    await atEnd.read(2);
    expect(atEnd.notes).toEqual([{ startSeconds: 10, endSeconds: 12 }]);
  });

  it('gives nothing where the film has no picture at all', async () => {
    expect(await damagedFilm(0, 100).read(3)).toEqual([]);
  });
});
