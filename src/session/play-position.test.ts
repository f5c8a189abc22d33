import { expect, test } from 'vitest';
import { PlayPosition } from './play-position.ts';

/** Segments of 4 s. */
const segment = (index: number) => ({
  index,
  startSeconds: index * 4,
  endSeconds: index * 4 + 4,
  startOffset: 0,
  endOffset: 0,
});

/** `[second, what]`: a segment of a rendition (`v0/3`), or a playlist that begins at a film time (a number). */
type Step = readonly [atSeconds: number, what: string | number];

test.each<[name: string, start: number, steps: Step[], atSeconds: number, expected: number]>([
  ['nothing was asked for', 30, [], 99, 30],
  [
    'read-ahead does not jump',
    0,
    [
      [0, 'ts0/0'],
      [0.1, 'ts0/1'],
      [0.2, 'ts0/2'],
      [0.3, 'ts0/3'],
    ],
    3,
    3,
  ],
  [
    'a paused player stays at what it asked for last',
    0,
    [
      [0, 'ts0/0'],
      [1, 'ts0/1'],
      [2, 'ts0/2'],
    ],
    999,
    8,
  ],
  [
    'playing on from a seek',
    0,
    [
      [5, 17.5],
      [5, 'ts0/4'],
      [6, 'ts0/5'],
      [7, 'ts0/6'],
    ],
    9,
    21.5,
  ],
  [
    'a seek within a segment is not taken back to its start',
    0,
    [
      [5, 17.5],
      [5, 'ts0/4'],
    ],
    5,
    17.5,
  ],
  [
    'a jump forward is a seek of the player',
    0,
    [
      [0, 'ts0/0'],
      [1, 'ts0/1'],
      [60, 'ts0/500'],
      [61, 'ts0/501'],
    ],
    62,
    2002,
  ],
  [
    'so is a jump back into what was played',
    0,
    [
      [0, 'ts0/0'],
      [1, 'ts0/1'],
      [9, 'ts0/2'],
      [60, 'ts0/1'],
    ],
    61,
    4,
  ],
  [
    'a playlist that is begun elsewhere than it says',
    0,
    [
      [0, 400],
      [1, 'ts0/0'],
      [2, 'ts0/1'],
    ],
    3,
    2,
  ],
  [
    'repeats move nothing',
    0,
    [
      [0, 'ts0/0'],
      [1, 'ts0/1'],
      [2, 'ts0/1'],
      [3, 'ts0/2'],
    ],
    60,
    8,
  ],
  [
    'renditions follow each other apart',
    0,
    [
      [0, 'v0/0'],
      [0, 'a0/0'],
      [1, 'v0/1'],
      [2, 'v0/2'],
      [3, 'a0/1'],
    ],
    60,
    8,
  ],
  [
    'a rendition that joins is no seek',
    0,
    [
      [0, 'v0/0'],
      [1, 'v0/1'],
      [2, 'v0/2'],
      [6, 'a1/1'],
      [7, 'a1/2'],
    ],
    60,
    8,
  ],
])('%s', (_, start, steps, atSeconds, expected) => {
  const position = new PlayPosition(start, 0);
  for (const [seconds, what] of steps) {
    if (typeof what === 'number') {
      position.begin(what, seconds * 1000);
    } else {
      const [rendition = '', index] = what.split('/');
      position.requested(rendition, segment(Number(index)), seconds * 1000);
    }
  }
  expect(position.at(atSeconds * 1000)).toBeCloseTo(expected, 6);
});
