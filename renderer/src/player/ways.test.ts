import { expect, test } from 'vitest';
import type { TrackDecision } from '../../../src/plan/types.ts';
import { chooseWay } from './ways.ts';

type Action = TrackDecision['action'];

function decisions(video: Action | null, audio: Action[], direct: boolean) {
  const track = (kind: 'video' | 'audio', action: Action, position: number): TrackDecision => ({
    kind,
    position,
    codec: 'x',
    action,
    reason: action === 'copy' ? 'It plays' : `${kind} ${position} needs an encoder`,
  });
  const cmaf = {
    delivery: 'cmaf' as const,
    video: video === null ? null : track('video', video, 0),
    audio: audio.map((action, position) => track('audio', action, position)),
  };
  return { cmaf, mpegts: cmaf, direct: { playable: direct, reason: 'direct reason' } };
}

test.each([
  ['everything copied', decisions('copy', ['copy', 'copy'], true), ['hls', 'direct']],
  ['everything copied, no direct play', decisions('copy', ['copy'], false), ['hls']],
  ['no sound', decisions('copy', [], true), ['hls', 'direct']],
  ['sound only', decisions(null, ['copy'], true), ['hls', 'direct']],
  ['a secondary track needs an encoder', decisions('copy', ['copy', 'transcode'], true), ['hls', 'direct']],
  ['the first track needs an encoder', decisions('copy', ['transcode', 'copy'], true), ['direct', 'hls']],
  ['the picture needs an encoder', decisions('transcode', ['copy'], true), ['direct', 'hls']],
  ['neither way', decisions('transcode', ['transcode'], false), ['hls']],
  ['nothing known', undefined, ['hls']],
])('%s', (_name, given, ways) => {
  const choice = chooseWay(given);
  expect(choice.ways).toEqual(ways);
  expect(choice.reason).toMatch(/\w/);
});
