import { expect, test } from 'vitest';
import { PlaylistStart } from './playlist-start.ts';
import type { StreamQuery } from './types.ts';

/** `[second, what]`: an audio switch, a segment of 4 s, a master playlist, or a query and where its slice has to begin. */
type Step =
  | readonly [atSeconds: number, what: 'switch']
  | readonly [atSeconds: number, what: 'segment', index: number]
  | readonly [atSeconds: number, what: 'master', expected: number]
  | readonly [atSeconds: number, query: StreamQuery, expected: number];

const playing: Step[] = [
  [0, { seekSeconds: 100 }, 100],
  [0, 'segment', 25],
  [1, 'segment', 26],
  [2, 'segment', 27],
  [3, 'segment', 28],
];

test.each<[name: string, steps: Step[]]>([
  [
    'the start time counts until there is a seek',
    [
      [0, {}, 7],
      [1, {}, 7],
      [2, 'master', 7],
      [3, { seekSeconds: 0 }, 0],
    ],
  ],
  ['without a switch a playlist begins anew', [...playing, [10, {}, 7]]],
  ['a switch keeps the position', [...playing, [10, 'switch'], [10, {}, 110]]],
  ['also for the multivariant playlist', [...playing, [10, 'switch'], [10, 'master', 110]]],
  ['a switch in a pause, too', [...playing, [600, 'switch'], [601, {}, 112]]],
  [
    'a switch before the first playlist',
    [
      [50, 'switch'],
      [60, {}, 7],
    ],
  ],
  [
    'asking twice (HEAD, then GET) gives the same',
    [...playing, [10, 'switch'], [10, {}, 110], [30, {}, 110], [31, 'master', 110]],
  ],
  [
    'played on, the next playlist begins anew',
    [...playing, [10, 'switch'], [10, {}, 110], [11, 'segment', 27], [12, {}, 7]],
  ],
  [
    'what the old player still asks for changes nothing',
    [...playing, [10, 'switch'], [10, 'segment', 29], [10, {}, 110]],
  ],
  ['a seek wins over the position', [...playing, [10, 'switch'], [10, { seekSeconds: 5 }, 5], [11, {}, 7]]],
  [
    'a second switch counts from the first',
    [
      ...playing,
      [10, 'switch'],
      [10, {}, 110],
      [10, 'segment', 27],
      [10, 'segment', 28],
      [11, 'segment', 29],
      [14, 'switch'],
      [14, {}, 114],
    ],
  ],
  [
    'a repeated seek_id is no new seek',
    [
      [0, { seekSeconds: 100, seekId: 'a' }, 100],
      [1, { seekSeconds: 300, seekId: 'a' }, 100],
      [2, { seekSeconds: 300, seekId: 'b' }, 300],
    ],
  ],
  [
    'so it keeps the position over a switch, and again',
    [
      [0, { seekSeconds: 100, seekId: 'a' }, 100],
      ...playing.slice(1),
      [10, 'switch'],
      [10, { seekSeconds: 100, seekId: 'a' }, 110],
      [10, 'segment', 27],
      [20, { seekSeconds: 100, seekId: 'a' }, 110],
    ],
  ],
])('%s', (_, steps) => {
  const start = new PlaylistStart(7, 0);
  for (const [seconds, what, value] of steps) {
    const nowMs = seconds * 1000;
    if (what === 'switch') start.keepPlace();
    else if (what === 'segment') start.requested('ts0', segment(value), nowMs);
    else if (what === 'master') expect(start.withoutSeek(nowMs)).toBe(value);
    else expect(start.settle(what, nowMs).seekSeconds).toBe(value);
  }
});

test('a repeated seek_id gets the kind of slice it got before', () => {
  const start = new PlaylistStart(0, 0);
  start.settle({ seekSeconds: 9, seekId: 'a', forceSlice: true }, 0);
  expect(start.settle({ seekId: 'a' }, 1)).toEqual({ seekSeconds: 9, seekId: 'a', forceSlice: true });
});

function segment(index: number) {
  return { index, startSeconds: index * 4, endSeconds: index * 4 + 4, startOffset: 0, endOffset: 0 };
}
