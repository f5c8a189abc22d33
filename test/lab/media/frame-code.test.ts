import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mustFfmpeg } from '../tools.ts';
import { COLUMNS, decodeFrameNumber, HEIGHT_SHARE, MAX_FRAME_NUMBER, ROWS } from './frame-code.ts';
import { picture } from './ingredients.ts';

/** The code as its doc comment says it, drawn independently of ffmpeg. */
function draw(number: number, width: number, height: number, white = 235, black = 16): Uint8Array {
  const bits = [
    1,
    0,
    ...[...number.toString(2).padStart(20, '0')].map(Number),
    (number % 3) >> 1,
    (number % 3) & 1,
  ];
  const pixels = new Uint8Array(width * height * 4).fill(90);
  for (let y = 0; y < height * HEIGHT_SHARE; y++) {
    for (let x = 0; x < width; x++) {
      const row = Math.min(Math.floor((y * ROWS) / (height * HEIGHT_SHARE)), ROWS - 1);
      const bit = bits[row * COLUMNS + Math.floor((x * COLUMNS) / width)];
      pixels.fill(bit === 1 ? white : black, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return pixels;
}

describe('decodeFrameNumber', () => {
  it('reads any number at any scale', () => {
    const sizes = fc.tuple(fc.integer({ min: 48, max: 640 }), fc.integer({ min: 36, max: 360 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_FRAME_NUMBER }), sizes, (number, [width, height]) => {
        expect(decodeFrameNumber(draw(number, width, height), width, height)).toBe(number);
      }),
      { numRuns: 60 },
    );
  });

  it('reads a dim picture, and nothing from an empty or short one', () => {
    expect(decodeFrameNumber(draw(1234, 320, 180, 180, 60), 320, 180)).toBe(1234);
    expect(decodeFrameNumber(new Uint8Array(320 * 180 * 4), 320, 180)).toBeNull();
    expect(decodeFrameNumber(new Uint8Array(100), 320, 180)).toBeNull();
  });

  it('notices a wrong cell', () => {
    const pixels = draw(1000, 240, 144);
    const cell = 5;
    for (let y = 0; y < 12; y++) pixels.fill(235, (y * 240 + cell * 20) * 4, (y * 240 + cell * 20 + 20) * 4);
    expect(decodeFrameNumber(pixels, 240, 144)).toBeNull();
  });

  it('reads what ffmpeg draws', async () => {
    const args = [
      ...picture(),
      '-frames:v',
      '30',
      '-vf',
      'scale=100:60',
      '-pix_fmt',
      'rgba',
      '-f',
      'rawvideo',
    ];
    const raw = await mustFfmpeg(['-v', 'error', ...args, 'pipe:1']);
    const size = 100 * 60 * 4;
    const numbers = Array.from({ length: 30 }, (_, index) =>
      decodeFrameNumber(raw.subarray(index * size, (index + 1) * size), 100, 60),
    );
    expect(numbers).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });
});
