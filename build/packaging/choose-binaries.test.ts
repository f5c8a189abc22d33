import { describe, expect, test } from 'vitest';
import type { FoundBinary } from '../../src/ffmpeg/binaries.ts';
import { type Available, chooseBinaries } from './choose-binaries.ts';

const host = { platform: 'linux', arch: 'x64' };

function binary(origin: FoundBinary['origin'], version: string): FoundBinary {
  return { path: `/${origin}/${version}`, version, origin };
}

/** What a Linux machine has on which npm could install everything: a new ffmpeg beside the ffprobe of 2018. */
const available: Available = {
  host,
  ffmpeg: [binary('npm', '7.0.2-static'), binary('path', '5.1.9')],
  ffprobe: [binary('npm', '4.0.2-static'), binary('path', '5.1.9')],
};
const onlyNpm: Available = {
  host,
  ffmpeg: [binary('npm', '7.0.2-static')],
  ffprobe: [binary('npm', '4.0.2-static')],
};
const toPublish = { publish: true };
const toTry = { publish: false };

describe('the pair', () => {
  test('is of one build, though a newer ffmpeg comes first', () => {
    expect(chooseBinaries(host, available, toPublish)).toEqual({
      ffmpeg: '/path/5.1.9',
      ffprobe: '/path/5.1.9',
      warnings: [expect.stringContaining('only on systems like this one')],
    });
  });

  test('is of line 6 or newer if there is one', () => {
    const chosen = chooseBinaries(
      host,
      {
        host,
        ffmpeg: [...available.ffmpeg, binary('path', '6.1')],
        ffprobe: [...available.ffprobe, binary('path', '6.1')],
      },
      toPublish,
    );
    expect(chosen).toMatchObject({ ffmpeg: '/path/6.1', ffprobe: '/path/6.1' });
  });

  test("of the environment's wish needs no warning", () => {
    const wished = [binary('config', 'n7.1')];
    expect(chooseBinaries(host, { host, ffmpeg: wished, ffprobe: wished }, toPublish).warnings).toEqual([]);
  });

  test('is of two builds rather than of an obsolete one', () => {
    const mixed = {
      host,
      ffmpeg: [binary('npm', '4.0.2-static'), binary('path', '6.0')],
      ffprobe: [binary('npm', '4.0.2-static'), binary('path', '5.1')],
    };
    expect(chooseBinaries(host, mixed, toPublish)).toMatchObject({
      ffmpeg: '/path/6.0',
      ffprobe: '/path/5.1',
    });
  });
});

describe('an ffprobe of years ago', () => {
  test('is not published: the refusal names it and what to set', () => {
    expect(() => chooseBinaries(host, onlyNpm, toPublish)).toThrow(
      /ffprobe 4\.0\.2-static \(\/npm\/4\.0\.2-static\): too old.*RAFFI_FFMPEG_BIN and RAFFI_FFPROBE_BIN/,
    );
  });

  test('is packaged to try, with a warning', () => {
    expect(chooseBinaries(host, onlyNpm, toTry)).toEqual({
      ffmpeg: '/npm/7.0.2-static',
      ffprobe: '/npm/4.0.2-static',
      warnings: [expect.stringMatching(/^Not for publishing: ffprobe 4\.0\.2-static/)],
    });
  });
});

test.each([
  ['another system', { platform: 'win32', arch: 'x64' }, available, /Build on a win32-x64 machine/],
  ['another processor', { platform: 'linux', arch: 'arm64' }, available, /Build on a linux-arm64 machine/],
  ['no ffmpeg', host, { ...available, ffmpeg: [] }, /ffmpeg.*npm run setup/],
  ['no ffprobe', host, { ...available, ffprobe: [] }, /ffprobe.*npm run setup/],
])('%s is refused with what to do', (_case, target, some, message) => {
  expect(() => chooseBinaries(target, some, toTry)).toThrow(message);
});
