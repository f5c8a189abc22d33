import type { FilmCase } from '../film-case.ts';
import type { FlashAndBeep } from '../flash-and-beep.ts';
import { BENCH } from './bench.ts';
import { BROADCASTS } from './broadcasts.ts';
import { CODECS } from './codecs.ts';
import { CONTAINERS } from './containers.ts';
import { CONVERTED } from './converted.ts';
import { DAMAGED } from './damaged.ts';
import { ENCODER } from './encoder.ts';
import { GOPS } from './gops.ts';
import { HUGE } from './huge.ts';
import { MATRIX } from './matrix.ts';
import { SUBTITLES } from './subtitles.ts';
import { TIMING } from './timing.ts';
import { TRACKS } from './tracks.ts';

const SMALL_FILMS = {
  ...GOPS,
  ...CONTAINERS,
  ...BROADCASTS,
  ...TRACKS,
  ...TIMING,
  ...CODECS,
  ...CONVERTED,
  ...ENCODER,
  ...DAMAGED,
};

/** The name of a film that the lab can make. */
export type FilmName =
  | keyof typeof SMALL_FILMS
  | keyof typeof SUBTITLES
  | keyof typeof BENCH
  | keyof typeof HUGE
  | MatrixName;

/** A film of flash-and-beep media. */
export type MatrixName = keyof typeof MATRIX;

export const CASES: ReadonlyMap<FilmName, FilmCase> = new Map(
  Object.entries({ ...SMALL_FILMS, ...SUBTITLES, ...BENCH, ...HUGE, ...MATRIX }) as [FilmName, FilmCase][],
);

/** All small films, quick to make: what conformance tests go through. */
export const FILM_NAMES: readonly FilmName[] = Object.keys(SMALL_FILMS) as FilmName[];

/** All films of flash-and-beep media. */
export const MATRIX_NAMES: readonly MatrixName[] = Object.keys(MATRIX) as MatrixName[];

/** When a film of flash-and-beep media does so, and in which channels. */
export function flashAndBeepOf(name: MatrixName): FlashAndBeep {
  return MATRIX[name].flashAndBeep;
}
