import { expect, it } from 'vitest';
import { defaultCacheFolder } from './cache-folder.ts';

it.each<[NodeJS.Platform, Record<string, string>, string, string]>([
  ['linux', {}, '/home/ann', '/home/ann/.cache/raffi/films'],
  ['linux', { XDG_CACHE_HOME: '/var/cache/ann' }, '/home/ann', '/var/cache/ann/raffi/films'],
  ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/ann', '/home/ann/.cache/raffi/films'],
  ['linux', { XDG_CACHE_HOME: '' }, '/home/ann', '/home/ann/.cache/raffi/films'],
  ['freebsd', {}, '/home/ann', '/home/ann/.cache/raffi/films'],
  ['darwin', { XDG_CACHE_HOME: '/x' }, '/Users/ann', '/Users/ann/Library/Caches/Raffi/films'],
  ['win32', {}, 'C:\\Users\\ann', 'C:\\Users\\ann\\AppData\\Local\\Raffi\\Cache\\films'],
  ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'C:\\Users\\ann', 'D:\\Local\\Raffi\\Cache\\films'],
])('%s %j', (platform, env, home, expected) => {
  expect(defaultCacheFolder(env, platform, home)).toBe(expected);
});
