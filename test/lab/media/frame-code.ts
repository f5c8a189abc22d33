/**
 * The machine-readable frame number in every synthesised picture: 24 black or white cells in two rows over the upper sixth
 * of the picture, full width. Cell 0 is white and cell 1 black (they calibrate the threshold), cells 2–21 carry the number
 * most significant bit first, cells 22–23 the number modulo 3 (no single wrong cell goes unnoticed). The cells are so large
 * that the code survives compression and scaling. Runs in browsers too: no imports.
 */
export const COLUMNS = 12;
export const ROWS = 2;
/** The code covers this part of the picture's height. */
export const HEIGHT_SHARE = 1 / 6;
const NUMBER_BITS = 20;

/** The largest number the code can carry. */
export const MAX_FRAME_NUMBER = 2 ** NUMBER_BITS - 1;

/** A ffmpeg `geq` luma expression that draws the code, one pixel per cell, of its frame count `N`. */
export const CODE_EXPRESSION = [
  `st(0,Y*${COLUMNS}+X)`,
  'if(eq(ld(0),0),235,if(eq(ld(0),1),16,' +
    `16+219*mod(floor(if(lt(ld(0),${NUMBER_BITS + 2}),` +
    `N/pow(2,${NUMBER_BITS + 1}-ld(0)),mod(N,3)/pow(2,${NUMBER_BITS + 3}-ld(0)))),2)))`,
].join(';');

/**
 * The frame number in a picture (RGBA, row by row), at any scale from about 48 × 24 pixels on. Null when there is none: no
 * picture, another film, or too damaged.
 */
export function decodeFrameNumber(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
): number | null {
  if (width < COLUMNS * 2 || rgba.length < width * height * 4) return null;
  const cell = (index: number) => cellLuma(rgba, width, height, index);
  const white = cell(0);
  const black = cell(1);
  if (white - black < 80) return null;
  const middle = (white + black) / 2;
  let number = 0;
  for (let bit = 0; bit < NUMBER_BITS; bit++) number = number * 2 + (cell(2 + bit) > middle ? 1 : 0);
  const check = (cell(22) > middle ? 2 : 0) + (cell(23) > middle ? 1 : 0);
  return number % 3 === check ? number : null;
}

/** Mean luma of a cell's inner half, away from its edges. */
function cellLuma(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  index: number,
): number {
  const cellWidth = width / COLUMNS;
  const cellHeight = (height * HEIGHT_SHARE) / ROWS;
  const left = ((index % COLUMNS) + 0.25) * cellWidth;
  const top = (Math.floor(index / COLUMNS) + 0.25) * cellHeight;
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(top); y < Math.max(top + cellHeight / 2, Math.floor(top) + 1); y++) {
    for (let x = Math.floor(left); x < Math.max(left + cellWidth / 2, Math.floor(left) + 1); x++) {
      const at = (y * width + x) * 4;
      sum += 0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0);
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}
