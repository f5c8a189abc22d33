import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultCacheFolder } from './cache-folder.ts';
import { loadConfig } from './config.ts';
import { RaffiError } from './errors.ts';
import { DEFAULT_TORRENT_SETTINGS } from './torrent/settings.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'raffi-config-'));
const program = path.join(folder, 'program');
const plainFile = path.join(folder, 'plain');
fs.writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
fs.writeFileSync(plainFile, '', { mode: 0o644 });
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('loadConfig', () => {
  test('says the documented defaults when the environment says nothing', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 6969,
      portFallback: false,
      cacheDir: defaultCacheFolder({}),
      cacheBytes: 4 * 1024 ** 3,
      logLevel: 'info',
      allowedOrigins: [],
      castHost: null,
      ffmpegBin: null,
      ffprobeBin: null,
      resourcesDir: null,
      encoderSpeed: null,
      torrent: DEFAULT_TORRENT_SETTINGS,
      torrentEntry: null,
      dev: false,
    });
  });

  test('takes an empty variable as unset', () => {
    expect(loadConfig({ RAFFI_SERVER_ADDR: '', RAFFI_LOG: ' ', RAFFI_CACHE_BYTES: '' })).toEqual(
      loadConfig(),
    );
  });

  test('lets the environment win over what the embedding program wants', () => {
    const defaults = { port: 1, portFallback: true, cacheDir: '/data', resourcesDir: '/resources' };
    expect(loadConfig({ RAFFI_SERVER_ADDR: '127.0.0.1:2' }, defaults)).toMatchObject({
      ...defaults,
      host: '127.0.0.1',
      port: 2,
    });
  });

  test.each([
    ['RAFFI_SERVER_ADDR', '0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
    ['RAFFI_SERVER_ADDR', '[::1]:0', { host: '::1', port: 0 }],
    ['RAFFI_SERVER_ADDR', 'localhost:65535', { host: 'localhost', port: 65535 }],
    ['RAFFI_CACHE_BYTES', '1073741824', { cacheBytes: 1024 ** 3 }],
    ['RAFFI_CACHE_BYTES', '512m', { cacheBytes: 512 * 1024 ** 2 }],
    ['RAFFI_CACHE_BYTES', '1.5 GiB', { cacheBytes: 1.5 * 1024 ** 3 }],
    ['RAFFI_LOG', 'DEBUG', { logLevel: 'debug' }],
    [
      'RAFFI_ALLOWED_ORIGINS',
      'https://Player.Example/, app://Mine,http://localhost:80',
      { allowedOrigins: ['https://player.example', 'app://mine', 'http://localhost'] },
    ],
    ['RAFFI_CAST_HOST', '[fd00::1]', { castHost: 'fd00::1' }],
    ['RAFFI_CAST_HOST', 'nas.local', { castHost: 'nas.local' }],
    ['RAFFI_FFMPEG_BIN', program, { ffmpegBin: program }],
    ['RAFFI_FFPROBE_BIN', program, { ffprobeBin: program }],
    ['RAFFI_TORRENT_BLOCKLIST', plainFile, { torrent: expect.objectContaining({ blocklist: plainFile }) }],
    ['RAFFI_CACHE_DIR', path.join(folder, 'a', 'b'), { cacheDir: path.join(folder, 'a', 'b') }],
  ])('%s=%s', (name, value, expected) => {
    expect(loadConfig({ [name]: value })).toMatchObject(expected);
  });

  test.each([
    ['RAFFI_SERVER_ADDR', '6969'],
    ['RAFFI_SERVER_ADDR', '127.0.0.1'],
    ['RAFFI_SERVER_ADDR', '127.0.0.1:65536'],
    ['RAFFI_SERVER_ADDR', '::1:6969'],
    ['RAFFI_SERVER_ADDR', '[127.0.0.1]:1'],
    ['RAFFI_SERVER_ADDR', '127.0.0.300:1'],
    ['RAFFI_SERVER_ADDR', 'http://127.0.0.1:6969'],
    ['RAFFI_CACHE_BYTES', '-1'],
    ['RAFFI_CACHE_BYTES', '1'],
    ['RAFFI_CACHE_BYTES', 'plenty'],
    ['RAFFI_CACHE_BYTES', '9999999999T'],
    ['RAFFI_LOG', 'chatty'],
    ['RAFFI_ALLOWED_ORIGINS', '*'],
    ['RAFFI_ALLOWED_ORIGINS', 'null'],
    ['RAFFI_ALLOWED_ORIGINS', 'https://a.example/path'],
    ['RAFFI_ALLOWED_ORIGINS', 'https://user@a.example'],
    ['RAFFI_CAST_HOST', 'http://192.168.1.2'],
    ['RAFFI_CAST_HOST', '192.168.1.2:80'],
    ['RAFFI_FFMPEG_BIN', path.join(folder, 'absent')],
    ['RAFFI_FFPROBE_BIN', plainFile.replace('plain', '')],
    ['RAFFI_CACHE_DIR', plainFile],
    ['RAFFI_TORRENT_BLOCKLIST', path.join(folder, 'absent')],
    ['RAFFI_TORRENT_BLOCKLIST', folder],
  ])('%s=%s stops the start', (name, value) => {
    const failure = failureOf(() => loadConfig({ [name]: value }));
    expect(failure.code).toBe('bad_config');
    expect(failure.message).toContain(name);
    expect(failure.message).toContain(JSON.stringify(value));
    expect(failure.message).toContain('accepts');
  });

  test('answers any text with a configuration or bad_config', () => {
    const names = [
      'RAFFI_SERVER_ADDR',
      'RAFFI_CACHE_BYTES',
      'RAFFI_LOG',
      'RAFFI_ALLOWED_ORIGINS',
      'RAFFI_CAST_HOST',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), (name, value) => {
        try {
          const config = loadConfig({ [name]: value });
          expect(config.port).toBeLessThanOrEqual(65_535);
          expect(config.cacheBytes).toBeGreaterThan(0);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'bad_config' });
        }
      }),
    );
  });
});

function failureOf(run: () => unknown): RaffiError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof RaffiError) return thrown;
    throw thrown;
  }
  throw new Error('did not throw');
}
