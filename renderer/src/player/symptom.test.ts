import { describe, expect, test } from 'vitest';
import type { PlaybackDecision } from '../../../src/plan/types.ts';
import { complaintsOf, trackOf } from './symptom.ts';

const track = (kind: 'video' | 'audio', position: number, codec: string, action: 'copy' | 'transcode') => ({
  kind,
  position,
  codec,
  action,
  reason: 'It is so.',
});
const decision: PlaybackDecision = {
  delivery: 'cmaf',
  video: track('video', 0, 'hevc', 'copy'),
  audio: [
    track('audio', 0, 'aac', 'copy'),
    track('audio', 1, 'opus', 'copy'),
    track('audio', 2, 'aac', 'transcode'),
  ],
};

describe('what to complain of', () => {
  test('a picture that does not come, a sound that does not: that track alone', () => {
    expect(complaintsOf({ problem: 'no_frames', track: 'video' }, decision, 1)).toEqual([
      { track: 'video', problem: 'no_frames' },
    ]);
    expect(complaintsOf({ problem: 'silent', track: 'audio' }, decision, 1)).toEqual([
      { track: 'audio', position: 1, problem: 'silent' },
    ]);
  });

  test.each([
    ['video', ['video', 'audio']],
    ['audio', ['audio', 'video']],
    [null, ['video', 'audio']],
  ] as const)('an error at %s: %j, in this order', (at, order) => {
    const complaints = complaintsOf({ problem: 'decode_error', track: at }, decision, 0);
    expect(complaints.map((complaint) => complaint.track)).toEqual(order);
  });

  test('codecs that are refused: the copied tracks of these', () => {
    const refused = (refusedCodecs: string[]) =>
      complaintsOf({ problem: 'decode_error', track: null, refusedCodecs }, decision, 0).map(
        ({ track: kind, position }) => `${kind}${position ?? ''}`,
      );
    expect(refused(['hvc1.1.6.L93.B0'])).toEqual(['video']);
    expect(refused(['opus', 'mp4a.40.2'])).toEqual(['audio0', 'audio1']);
    expect(refused(['who.knows'])).toEqual([]);
  });
});

test.each([
  ['PIPELINE_ERROR_DECODE: Failed to send audio packet for decoding', 'audio'],
  ['PIPELINE_ERROR_DECODE: video decoder reinitialization failed', 'video'],
  ['DEMUXER_ERROR_COULD_NOT_PARSE: the audio of a video', null],
  ['', null],
])('%j is about %s', (message, expected) => {
  expect(trackOf(message)).toBe(expected);
});
