import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { filmCacheFolder } from './folders.ts';

/** What Chromium makes in Electron's `sessionData`, as far as a cache of ours could be called the same. */
const CHROMIUM_FOLDERS = [
  'Cache',
  'Code Cache',
  'DawnGraphiteCache',
  'DawnWebGPUCache',
  'GPUCache',
  'Shared Dictionary',
  'blob_storage',
];

test("the film cache is none of Chromium's folders, also where disks do not tell cases apart", () => {
  const folder = filmCacheFolder('/profile');
  expect(dirname(folder)).toBe('/profile');
  expect(CHROMIUM_FOLDERS.map((name) => name.toLowerCase())).not.toContain(basename(folder).toLowerCase());
});
