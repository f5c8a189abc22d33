import { expect, test } from 'vitest';
import { film, picture, sound } from '../../../src/plan/testing.fixture.ts';
import { elementClockOffset } from './film-clock.ts';

test.each([
  ['begins with its sound', { startSeconds: 5, video: [picture({ startSeconds: 5.021 })] }, 0.021],
  ['begins with its picture', { startSeconds: 5, video: [picture({ startSeconds: 5 })] }, 0],
  ['is sound alone', { startSeconds: 1, video: [], audio: [sound({ startSeconds: 1 })] }, 0],
])('a film that %s', (_what, facts, offset) => {
  expect(elementClockOffset('direct', film(facts))).toBeCloseTo(offset);
  expect(elementClockOffset('hls', film(facts))).toBe(0);
});

test('an unknown film is on its own clock', () => {
  expect(elementClockOffset('direct', undefined)).toBe(0);
});
