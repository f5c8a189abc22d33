import { describe, expect, test } from 'vitest';
import { ERROR_CODES, problem, RaffiError } from '../../../src/errors.ts';
import { decodeFailure, failureOf, failureOfRejection } from './problem.ts';

describe('failureOf', () => {
  test('a problem document becomes title, remedy and code', () => {
    const document = problem(new RaffiError('source_not_found', 'The link is dead. Ask for a new one.'));
    expect(failureOf(404, JSON.stringify(document))).toEqual({
      code: 'source_not_found',
      title: 'The source does not exist',
      detail: 'The link is dead. Ask for a new one.',
      canRetry: true,
    });
  });

  test('trying again is offered only where it can help', () => {
    const retryable = (code: (typeof ERROR_CODES)[number]) =>
      failureOf(500, JSON.stringify(problem(new RaffiError(code, 'x')))).canRetry;
    expect(retryable('source_timeout')).toBe(true);
    expect(retryable('wait_exceeded')).toBe(true);
    expect(retryable('codec_not_playable')).toBe(false);
    expect(retryable('not_media')).toBe(false);
  });

  test('every code of the core has a text to show', () => {
    for (const code of ERROR_CODES) {
      const failure = failureOf(500, JSON.stringify(problem(new RaffiError(code, 'Do this.'))));
      expect(failure).toMatchObject({ code, detail: 'Do this.' });
      expect(failure.title.length).toBeGreaterThan(5);
    }
  });

  test.each(['', '<html>', 'null', '[]', '"text"', '{"code":7}', '{"code":"not_media"}'])(
    'an answer without a problem document (%s) still says something',
    (body) => {
      expect(failureOf(502, body)).toMatchObject({ code: 'unknown_answer', canRetry: true });
      expect(failureOf(502, body).detail).toContain('502');
    },
  );
});

test('a decode failure carries what the browser said, and a remedy', () => {
  expect(decodeFailure('PIPELINE_ERROR_DECODE.').detail).toMatch(/^PIPELINE_ERROR_DECODE\. .*Try/);
});

test('a rejection of the bridge carries a problem, or says at least something', () => {
  const refusal = problem(new RaffiError('core_unavailable', 'Restart Raffi.'));
  expect(failureOfRejection(new Error(JSON.stringify(refusal)))).toMatchObject({
    code: 'core_unavailable',
    detail: 'Restart Raffi.',
  });
  for (const thrown of [new Error('no JSON'), new Error('7'), 'text', undefined]) {
    expect(failureOfRejection(thrown).detail).toContain('Try again');
  }
});
