import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { type Core, createCore } from './index.ts';

let cacheDir: string;
let core: Core;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'raffi-core-'));
  core = createCore(loadConfig({}, { port: 0, logLevel: 'silent', cacheDir }));
});
afterEach(async () => {
  await core.stop();
  expect(await readdir(cacheDir)).toEqual([]);
  await rm(cacheDir, { recursive: true });
});

const answers = (url: string) =>
  fetch(url).then(
    ({ status }) => status,
    () => 'nobody',
  );

test('start is idempotent, and stop too', async () => {
  const [first, second] = await Promise.all([core.start(), core.start()]);
  expect(second).toEqual(first);
  expect(await answers(first.baseUrl)).toBe(200);
  await Promise.all([core.stop(), core.stop()]);
  expect(await answers(first.baseUrl)).toBe('nobody');
  expect(() => core.health()).toThrowError(expect.objectContaining({ code: 'core_unavailable' }));
});

test('a start right after a stop gives a core that lives', async () => {
  const before = await core.start();
  const stopped = core.stop();
  expect(() => core.health()).toThrowError(expect.objectContaining({ code: 'core_unavailable' }));
  const { baseUrl } = await core.start();
  await stopped;
  expect(baseUrl).not.toBe(before.baseUrl);
  expect(await answers(baseUrl)).toBe(200);
  expect(core.health().ok).toBe(true);
});

test('a stop ends a start that is under way', async () => {
  const starting = core.start();
  await core.stop();
  const { baseUrl } = await starting;
  expect(await answers(baseUrl)).toBe('nobody');
  expect(() => core.health()).toThrowError(expect.objectContaining({ code: 'core_unavailable' }));
});

test('the last word counts, whatever was said before without waiting', async () => {
  core.start();
  core.stop();
  const middle = core.start();
  const stopped = core.stop();
  await stopped;
  expect(await answers((await middle).baseUrl)).toBe('nobody');
  core.stop();
  const { baseUrl } = await core.start();
  expect(await answers(baseUrl)).toBe(200);
});

test('a start that failed is forgotten', async () => {
  const taken = createCore(loadConfig({}, { port: 0, logLevel: 'silent', cacheDir }));
  const { port } = new URL((await taken.start()).baseUrl);
  const unlucky = createCore(loadConfig({}, { port: Number(port), logLevel: 'silent', cacheDir }));
  await expect(unlucky.start()).rejects.toMatchObject({ code: 'address_in_use' });
  await taken.stop();
  const { baseUrl } = await unlucky.start();
  expect(await answers(baseUrl)).toBe(200);
  await unlucky.stop();
});
