import { expect, describe as group, test } from 'vitest';
import { aptCommand, ELECTRON_LIBRARIES, releaseNames } from './apt.ts';
import { lackingPackages, unresolvedLibraries } from './display.ts';
import { installCommand } from './ffmpeg.ts';
import { describe } from './finding.ts';
import { SUBSTITUTE, substituteFits, substituteFolder } from './substitute-electron.ts';

group('Debian packages', () => {
  test('carry t64 where the release renamed them', () => {
    expect(releaseNames(['libnss3', 'libasound2'], new Set(['libnss3', 'libasound2t64']))).toEqual([
      'libnss3',
      'libasound2t64',
    ]);
    expect(releaseNames(['libasound2'], new Set(['libasound2']))).toEqual(['libasound2']);
  });

  test('are asked for only when something is missing', () => {
    expect(lackingPackages({ unresolved: [], hasXvfb: true })).toEqual([]);
    expect(lackingPackages({ unresolved: [], hasXvfb: false })).toEqual(['xvfb']);
    expect(lackingPackages({ unresolved: ['libnss3.so'], hasXvfb: true })).toEqual(ELECTRON_LIBRARIES);
  });

  test("ldd's complaints are understood", () => {
    const output =
      '\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibnss3.so => not found\n\tlibgtk-3.so.0 => not found\n';
    expect(unresolvedLibraries(output)).toEqual(['libnss3.so', 'libgtk-3.so.0']);
  });
});

group('the substitute Electron', () => {
  test.each([
    [{ platform: 'linux', arch: 'x64', glibc: true }, true],
    [{ platform: 'linux', arch: 'x64', glibc: false }, false],
    [{ platform: 'linux', arch: 'arm64', glibc: true }, false],
    [{ platform: 'darwin', arch: 'x64', glibc: false }, false],
  ])('%j: %s', (host, fits) => {
    expect(substituteFits(host)).toBe(fits);
  });

  test('lies in the cache folder of the XDG specification', () => {
    const name = `raffi/electron-${SUBSTITUTE.version}`;
    expect(substituteFolder({}, '/home/me')).toBe(`/home/me/.cache/${name}`);
    expect(substituteFolder({ XDG_CACHE_HOME: '/fast' }, '/home/me')).toBe(`/fast/${name}`);
    expect(substituteFolder({ XDG_CACHE_HOME: 'relative' }, '/home/me')).toBe(`/home/me/.cache/${name}`);
  });
});

group('what a person reads', () => {
  test('one line per thing; a missing one names what to type', () => {
    expect(describe({ thing: 'ffmpeg', state: 'found', detail: '7.1' })).toBe('  ok   ffmpeg     7.1');
    const missing = {
      thing: 'ffmpeg',
      state: 'missing',
      detail: 'not found',
      command: 'brew install ffmpeg',
    } as const;
    expect(describe(missing)).toBe('  !!   ffmpeg     not found\n       type:      brew install ffmpeg');
  });

  test('the command fits the system', () => {
    expect(installCommand('darwin')).toBe('brew install ffmpeg');
    expect(installCommand('win32')).toContain('winget');
    expect(installCommand('linux')).toBe('sudo apt-get update && sudo apt-get install -y ffmpeg');
    expect(aptCommand(['a', 'b'])).toContain('install -y a b');
  });
});
