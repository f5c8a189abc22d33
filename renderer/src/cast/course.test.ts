import { expect, test } from 'vitest';
import { courseOf } from './course.ts';

test.each([
  ['what was there before we came', { state: 'idle', sessionId: null }, false, 'before'],
  ["another's film before ours is taken", { state: 'playing', sessionId: null }, false, 'before'],
  ['our film', { state: 'loading', sessionId: 'a' }, false, 'ours'],
  ['our film, that failed', { state: 'failed', sessionId: 'a' }, true, 'ours'],
  ['nothing, where our film was', { state: 'idle', sessionId: null }, true, 'over'],
  ['our film, that was stopped', { state: 'idle', sessionId: 'a' }, true, 'over'],
  ["another's film, where ours was", { state: 'playing', sessionId: null }, true, 'over'],
] as const)('%s', (_what, status, wasOurs, course) => {
  expect(courseOf(status, 'a', wasOurs)).toBe(course);
});
