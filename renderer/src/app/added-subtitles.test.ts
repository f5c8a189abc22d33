import { beforeEach, expect, test } from 'vitest';
import type { SubtitleTrack } from '../../../src/session/types.ts';
import type { SubtitleFile } from '../api/client.ts';
import { ApiError, failureFrom } from '../api/problem.ts';
import { AddedSubtitles } from './added-subtitles.ts';

/** A core whose film has two tracks of its own. */
const OWN = 2;
let known: SubtitleTrack[];
let added: AddedSubtitles;
beforeEach(() => {
  known = [];
  added = new AddedSubtitles(async ({ bytes, title, language }: SubtitleFile) => {
    if ((await bytes.text()) === 'no') {
      const problem = { code: 'bad_subtitles', title: 'Bad', detail: 'These are none.' } as const;
      throw new ApiError(failureFrom(problem), 422);
    }
    const track = { index: OWN + known.length, codec: 'subrip', language, title };
    known.push({ ...track, isText: true, isDefault: false, isForced: false, isExternal: true });
    return known.at(-1) as SubtitleTrack;
  });
});

test('a file is added under its name, in the language that it tells', async () => {
  expect(await added.add(new File(['x'], 'Film.de.srt'))).toMatchObject({
    ...{ index: 2, title: 'Film.de.srt', language: 'de' },
  });
  expect([added.has(2), added.has(1), added.has(null)]).toEqual([true, false, false]);
});

test.each([
  ['is no subtitles', new File(['no'], 'a.srt'), 'These are none.'],
  ['is a film', new File([new Uint8Array(5 * 2 ** 20)], 'a.srt'), 'It is too large for subtitles (5.2 MB).'],
  [
    'is gone',
    Object.assign(new File([], 'a.srt'), { arrayBuffer: () => Promise.reject(new Error()) }),
    'It cannot be read.',
  ],
])('a file that %s is refused, and forgotten', async (_what, file, refused) => {
  expect(await added.add(file)).toEqual({ refused });
  expect([...(await added.restore([]))]).toEqual([]);
});

test('what a core has lost is added again, and where it is then is told', async () => {
  await added.add(new File(['a'], 'a.srt'));
  await added.add(new File(['b'], 'b.srt'));
  expect([...(await added.restore(known))]).toEqual([
    [2, 2],
    [3, 3],
  ]);
  expect(known).toHaveLength(2);
  // One of its own has been found meanwhile.
  known = [{ ...(known[0] as SubtitleTrack), title: 'Film.srt' }];
  expect([...(await added.restore(known))]).toEqual([
    [2, 3],
    [3, 4],
  ]);
  expect(known.map(({ title }) => title)).toEqual(['Film.srt', 'a.srt', 'b.srt']);
  expect([added.has(2), added.has(4)]).toEqual([false, true]);
});
