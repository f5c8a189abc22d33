import { describe, expect, it } from 'vitest';
import type { MediaInfo, VideoStream } from '../probe/media-info.ts';
import { buildCmafInit } from './cmaf-init.ts';
import { compositionDelayOf } from './composition-delay.ts';

const delayOf = (reorderDepth: number, frameRate: number | null, baseFrameRate = frameRate) =>
  compositionDelayOf({
    video: [{ reorderDepth, frameRate, baseFrameRate } as VideoStream],
  } satisfies Pick<MediaInfo, 'video'>);

describe('compositionDelayOf', () => {
  it.each([
    ['no reordering', 0, 24, 24, 0],
    ['two frames at 24/s', 2, 24, 24, 15_000],
    ['one at 24000/1001', 1, 24_000 / 1001, 24_000 / 1001, 7508],
    ['variable rate: longer frames than the average', 2, 15, 60, 48_000],
    ['an unknown rate', 1, null, null, 15_000],
  ])('%s', (_, depth, rate, base, ticks) => {
    expect(delayOf(depth, rate, base ?? rate)).toBe(ticks);
  });

  it('is nothing without video', () => {
    expect(compositionDelayOf({ video: [] })).toBe(0);
  });
});

describe('an init segment with a composition delay', () => {
  const format = {
    kind: 'audio',
    codec: 'opus',
    codecString: 'opus',
    sampleRate: 48_000,
    channels: 2,
    description: null,
  } as const;

  it('has one edit that takes the delay off, and every box still ends where its parent says', async () => {
    const plain = Buffer.from(await buildCmafInit(format));
    const delayed = Buffer.from(await buildCmafInit(format, 7500));
    expect(delayed.length).toBe(plain.length + 36);
    expect(walk(delayed, 0, delayed.length)).toEqual(
      walk(plain, 0, plain.length).flatMap((type) => (type === 'mdia' ? ['edts', 'elst', type] : [type])),
    );
    const elst = delayed.indexOf('elst');
    expect(delayed.readUInt32BE(elst + 8)).toBe(1);
    expect(delayed.readInt32BE(elst + 16)).toBe(7500);
  });
});

/** Types of all boxes in order, those of containers included. Throws where sizes do not add up. */
function walk(bytes: Buffer, start: number, end: number): string[] {
  const types: string[] = [];
  let at = start;
  while (at < end) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (size < 8 || at + size > end) throw new Error(`${type} does not fit`);
    types.push(type);
    if (['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl', 'mvex'].includes(type)) {
      types.push(...walk(bytes, at + 8, at + size));
    }
    at += size;
  }
  return types;
}
