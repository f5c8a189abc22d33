import { expect, test } from 'vitest';
import type { TrackDecision } from '../../../src/plan/types.ts';
import { chooseWay, isWayFailure } from './ways.ts';

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
  ['a secondary track is encoded', decisions('copy', ['copy', 'transcode'], true), ['hls', 'direct']],
  ['the only sound is encoded', decisions('copy', ['transcode'], true), ['direct', 'hls']],
  ['the first of two is encoded', decisions('copy', ['transcode', 'copy'], true), ['hls', 'direct']],
  ['the picture is encoded', decisions('transcode', ['copy', 'copy'], true), ['direct', 'hls']],
  ['nothing can be copied or played directly', decisions('transcode', ['transcode'], false), ['hls']],
  ['nothing known', undefined, ['hls']],
])('%s', (_name, given, ways) => {
  const choice = chooseWay({ ...(given && { decisions: given }), audioIndex: 0, canEncode: true });
  expect(choice.ways).toEqual(ways);
  expect(choice.reason).toMatch(/\w/);
});

test('the track that plays first decides, not the first of the file', () => {
  const given = decisions('copy', ['transcode', 'copy'], true);
  expect(chooseWay({ decisions: given, audioIndex: 1, canEncode: true }).ways).toEqual(['hls', 'direct']);
});

test('without an encoder, tracks that cannot be chosen are no reason for fragments', () => {
  const given = decisions('copy', ['transcode', 'transcode'], true);
  expect(chooseWay({ decisions: given, audioIndex: 0, canEncode: true }).ways).toEqual(['hls', 'direct']);
  expect(chooseWay({ decisions: given, audioIndex: 0, canEncode: false }).ways).toEqual(['direct', 'hls']);
});

test.each([
  ['codec_not_playable', true],
  ['encoder_failed', true],
  ['source_not_found', false],
  ['wait_exceeded', false],
] as const)('%s: another way may do: %s', (code, mayDo) => {
  expect(isWayFailure({ code, title: '', detail: '', canRetry: true })).toBe(mayDo);
});
