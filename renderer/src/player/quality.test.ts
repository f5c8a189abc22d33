import { describe, expect, it } from 'vitest';
import type { PlaybackDecision, VideoTarget } from '../../../src/plan/types.ts';
import type { SessionView } from '../../../src/session/types.ts';
import { qualityChoices, stepDown } from './quality.ts';

const target = (width: number, height: number) => ({ width, height }) as VideoTarget;
const RUNGS = [
  { rendition: 'v720', target: target(1280, 536) },
  { rendition: 'v480', target: target(854, 358) },
] as const;

function view(video: Partial<NonNullable<PlaybackDecision['video']>>, rungs?: PlaybackDecision['rungs']) {
  return {
    media: { video: [{ width: 1920, height: 804 }] },
    decisions: { cmaf: { video, ...(rungs ? { rungs } : {}) } },
  } as unknown as SessionView;
}

describe('qualityChoices', () => {
  it('are none where there is but one picture', () => {
    expect(qualityChoices(null)).toEqual([]);
    expect(qualityChoices(view({ action: 'copy' }))).toEqual([]);
  });

  it('name what is copied as it is, and the rungs by their lines', () => {
    const choices = qualityChoices(view({ action: 'copy' }, RUNGS));
    expect(choices.map(({ rendition, label }) => [rendition, label])).toEqual([
      ['auto', 'Auto'],
      ['v0', 'Original'],
      ['v720', '720p'],
      ['v480', '480p'],
    ]);
    expect(choices[2]?.hint).toBe('1280×536');
  });

  it('name an encoded picture by the lines of the screen that it fills', () => {
    const encoded = view({ action: 'transcode', target: target(1920, 804) }, RUNGS);
    expect(qualityChoices(encoded)[1]?.label).toBe('1080p');
  });
});

describe('stepDown', () => {
  const choices = qualityChoices(view({ action: 'transcode', target: target(1920, 804) }, RUNGS));

  it.each<[string, string, [string, number | null][], string | null]>([
    ['the encoder is too slow', 'v0', [['v0', 0.7]], 'v720'],
    ['… of the next one, too', 'v720', [['v720', 0.95]], 'v480'],
    ['it is fast enough: the source is to blame', 'v0', [['v0', 1.4]], null],
    ['nobody knows yet', 'v0', [['v0', null]], null],
    ['another film’s encoder is slow', 'v0', [['v480', 0.2]], null],
    ['there is nothing below', 'v480', [['v480', 0.2]], null],
  ])('%s', (_, playing, runs, expected) => {
    const reports = runs.map(([rendition, speed]) => ({ rendition, speed }));
    expect(stepDown(choices, playing, reports)?.rendition ?? null).toBe(expected);
  });

  it('says why', () => {
    const step = stepDown(choices, 'v0', [{ rendition: 'v0', speed: 0.66 }]);
    expect(step?.reason).toBe('This computer converts 1080p at 0.7 × real time only, so 720p is played.');
  });
});
