import { expect, test } from 'vitest';
import type { FeedbackAnswer } from '../../../src/session/types.ts';
import type { ApiClient } from '../api/client.ts';
import { ApiError, type Failure } from '../api/problem.ts';
import type { Complaint } from '../player/symptom.ts';
import { askForSafer } from './safer.ts';

const COMPLAINTS: Complaint[] = [
  { track: 'video', problem: 'decode_error' },
  { track: 'audio', position: 0, problem: 'decode_error' },
];
const failure: Failure = {
  code: 'codec_not_playable',
  title: 'This film needs an encoder',
  detail: 'Install ffmpeg.',
  canRetry: false,
};
const nothing = { taken: false, reason: 'Nothing safer is left.' } as FeedbackAnswer;
const safer = { taken: true, reason: 'It is converted.' } as FeedbackAnswer;

/** A core that answers complaints one after the other. */
function answering(...answers: (FeedbackAnswer | Failure)[]) {
  const heard: Complaint[] = [];
  const complain = async (_id: string, complaint: Complaint) => {
    heard.push(complaint);
    const answer = answers.shift() ?? nothing;
    if ('code' in answer) throw new ApiError(answer, 422);
    return answer;
  };
  return { heard, api: { complain } as unknown as ApiClient };
}

test.each([
  ['the first that helps ends it', [safer], safer, 1],
  ['what has nothing safer is passed by', [nothing, safer], safer, 2],
  ['so is what is refused', [failure, safer], safer, 2],
  ['nothing is left', [nothing, nothing], null, 2],
  ['why not', [failure, nothing], failure, 2],
])('%s', async (_, answers, expected, asked) => {
  const { heard, api } = answering(...answers);
  expect(await askForSafer(api, 'id', COMPLAINTS, 'It broke.', new AbortController().signal)).toEqual(
    expected,
  );
  expect(heard).toEqual(COMPLAINTS.slice(0, asked));
});

test('of a film that was closed meanwhile nothing more is asked', async () => {
  const closing = new AbortController();
  const { heard, api } = answering(nothing, safer);
  const asked = askForSafer(api, 'id', COMPLAINTS, 'It broke.', closing.signal);
  closing.abort();
  expect(await asked).toBeNull();
  expect(heard).toEqual(COMPLAINTS.slice(0, 1));
});
