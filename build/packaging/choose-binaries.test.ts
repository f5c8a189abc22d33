import { expect, test } from 'vitest';
import { type Available, chooseBinaries } from './choose-binaries.ts';

const host = { platform: 'linux', arch: 'x64' };
const all: Available = {
  host,
  npmFfmpeg: '/npm/ffmpeg',
  npmFfprobe: '/npm/ffprobe',
  hostFfmpeg: '/usr/bin/ffmpeg',
  hostFfprobe: '/usr/bin/ffprobe',
};

test("npm's static binaries are preferred: they run everywhere", () => {
  expect(chooseBinaries(host, all)).toEqual({ ffmpeg: '/npm/ffmpeg', ffprobe: '/npm/ffprobe' });
});

test("without them, the system's own pair, with a warning", () => {
  expect(chooseBinaries(host, { ...all, npmFfmpeg: null })).toEqual({
    ffmpeg: '/usr/bin/ffmpeg',
    ffprobe: '/usr/bin/ffprobe',
    warning: expect.stringContaining('only on systems like this one'),
  });
});

test.each([
  ['another system', { platform: 'win32', arch: 'x64' }, all, /Build on a win32-x64 machine/],
  ['another processor', { platform: 'linux', arch: 'arm64' }, all, /Build on a linux-arm64 machine/],
  ['no ffmpeg', host, { ...all, npmFfmpeg: null, hostFfmpeg: null }, /npm run setup/],
  ['no ffprobe', host, { ...all, npmFfprobe: null, hostFfprobe: null }, /npm run setup/],
])('%s is refused with what to do', (_case, target, available, message) => {
  expect(() => chooseBinaries(target, available)).toThrow(message);
});
