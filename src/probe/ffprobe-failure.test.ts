import { expect, it } from 'vitest';
import { ffprobeFailure, lastWords } from './ffprobe-failure.ts';

const url = 'http://127.0.0.1:40123/abcDEF_-0123/film';

it('keeps ffprobe’s last words without private URLs, addresses and window notes', () => {
  const stderr = [
    '[http @ 0x559d05f99ac0] Stream ends prematurely at 131158, should be 25613226',
    '[matroska,webm @ 0x55d1] Element at 0x5f ending at 0x7f exceeds containing master element',
    `[http @ 0x559d05f99ac0] HTTP error 404 Not Found for ${url}`,
    `${url}: Server returned 404 Not Found`,
    '',
  ].join('\n');
  const words = lastWords(stderr);
  expect(words).toBe('HTTP error 404 Not Found for source; source: Server returned 404 Not Found');
  expect(lastWords('x'.repeat(10_000))).toHaveLength(300);
  expect(lastWords('')).toBe('');
});

it.each([
  [`[mov,mp4 @ 0x1] moov atom not found\n${url}: Invalid data found when processing input`, 'media_damaged'],
  [`${url}: Invalid data found when processing input`, 'not_media'],
  [`[NULL @ 0x1] Format not on whitelist 'matroska'\n${url}: Invalid argument`, 'not_media'],
  [`${url}: End of file`, 'not_media'],
  [`${url}: Cannot allocate memory`, 'probe_failed'],
  ['Failed to set value: Option not found', 'probe_failed'],
  ['', 'not_media'],
])('tells causes apart: %s', (stderr, code) => {
  const error = ffprobeFailure(stderr, new TextEncoder().encode('abc'));
  expect(error.code).toBe(code);
  expect(error.message).not.toContain('127.0.0.1');
});
