import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { untilGone } from '../../support/processes.ts';
import { startProcess } from './process.ts';
import { until } from './until.ts';

const BOUND_MS = 15_000;
const onLinux = process.platform === 'linux';

it.runIf(onLinux)('a program of the lab dies with who started it, even of kill -9', async () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const module = new URL('process.ts', import.meta.url).href;
  const code = `import { startProcess } from '${module}';
    const { pid } = await startProcess('sleep', ['600']);
    process.stdout.write(String(pid), () => process.kill(process.pid, 'SIGKILL'));`;
  const args = ['--import', tsx, '--input-type=module', '-e', code];
  const pid = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, (_killed, stdout) => resolve(stdout));
  });
  expect(pid).toMatch(/^\d+$/);
  expect(await untilGone([Number(pid)], BOUND_MS)).toEqual([]);
});

it.runIf(onLinux)('a frozen program can be ended', async () => {
  const lab = await startProcess('sleep', ['600']);
  lab.stall();
  await until('it is frozen', BOUND_MS, async () => (await lab.isStalled()) || null);
  expect(lab.isRunning()).toBe(true);
  await lab[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
  expect(lab.isRunning()).toBe(false);
});

it.runIf(onLinux)('a program that does not exist is running for a moment at most', async () => {
  await using lab = await startProcess('no-such-program', []);
  await until('it has ended', BOUND_MS, () => !lab.isRunning() || null);
  await until('it has said why', BOUND_MS, () => /no-such-program/.test(lab.tail()) || null);
});
