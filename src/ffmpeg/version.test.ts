import { expect, it, test } from 'vitest';
import { isObsolete, majorVersion, parseVersion } from './version.ts';

it('reads a version only of the tool asked for', () => {
  const old = 'ffprobe version 4.0.2-static https://johnvansickle.com/ffmpeg/  Copyright (c)';
  expect(parseVersion('ffprobe', old)).toBe('4.0.2-static');
  expect(parseVersion('ffmpeg', old)).toBeNull();
  expect(parseVersion('ffmpeg', 'ffmpeg version N-109542-g1bf1222 Copyright')).toBe('N-109542-g1bf1222');
  expect(parseVersion('ffmpeg', '')).toBeNull();
});

test.each([
  ['4.0.2-static', 4, true],
  ['4.4', 4, true],
  ['n4.4.2', 4, true],
  ['5.1.9-0+deb12u1', 5, false],
  ['n6.1', 6, false],
  ['7', 7, false],
  ['10.0', 10, false],
  ['N-109542-g1bf1222', null, false],
  ['2024-01-01-git-e1c1dc8347-full_build', null, false],
])('%s', (version, major, obsolete) => {
  expect(majorVersion(version)).toBe(major);
  expect(isObsolete(version)).toBe(obsolete);
});
