import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TailBuffer } from './capture.ts';
import { ChildProcesses, childEnvironment } from './child.ts';

const node = process.execPath;
const timeoutMs = 15_000;

let children: ChildProcesses;
let folder: string;

beforeEach(async () => {
  children = new ChildProcesses();
  folder = await mkdtemp(join(tmpdir(), 'raffi-child-'));
});

afterEach(async () => {
  await children.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A script that says by a file that it is there, then never ends by itself. */
function lasting(name: string, before = ''): string[] {
  const file = JSON.stringify(join(folder, name));
  return [
    '-e',
    `${before}; setInterval(() => {}, 1e6); require('fs').writeFileSync(${file} + '~', String(process.pid)); require('fs').renameSync(${file} + '~', ${file})`,
  ];
}

function pidOf(name: string): Promise<number> {
  return vi.waitFor(async () => Number(await readFile(join(folder, name), 'utf8')), { timeout: 10_000 });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('ChildProcesses', () => {
  it('collects output and exit code', async () => {
    const script = 'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3';
    expect(await children.run(node, ['-e', script], { timeoutMs })).toEqual({
      exitCode: 3,
      signalCode: null,
      stdout: 'out',
      stderr: 'err',
      timedOut: false,
      overflowed: false,
    });
    expect(children.running).toBe(0);
  });

  it('hands arguments over literally: there is no shell', async () => {
    const hostile = ['; echo x', '$(id)', '"', "'", '-i', '*', '%PATH%', 'a b'];
    const { stdout } = await children.run(
      node,
      ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...hostile],
      { timeoutMs },
    );
    expect(JSON.parse(stdout)).toEqual(hostile);
  });

  it('has no stdin to wait for', async () => {
    const script = 'process.stdin.on("end", () => console.log("end")).resume()';
    expect((await children.run(node, ['-e', script], { timeoutMs })).stdout).toBe('end\n');
  });

  it('keeps the last words of stderr', async () => {
    const script = 'process.stderr.write("x".repeat(1e6) + "the cause")';
    const { stderr } = await children.run(node, ['-e', script], { timeoutMs, maxStderrBytes: 9 });
    expect(stderr).toBe('the cause');
  });

  it('ends a child that talks too much', async () => {
    const script = 'setInterval(() => console.log("x".repeat(1e4)), 0)';
    const result = await children.run(node, ['-e', script], { timeoutMs, maxStdoutBytes: 1000 });
    expect(result).toMatchObject({ overflowed: true, timedOut: false });
    expect(result.stdout).toHaveLength(1000);
  });

  it('reports a program that is not there', async () => {
    await expect(children.run(join(folder, 'none'), [], { timeoutMs })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(children.running).toBe(0);
  });

  it('ends a child after its time', async () => {
    const result = await children.run(node, lasting('a'), { timeoutMs: 50 });
    expect(result).toMatchObject({ timedOut: true, exitCode: null });
  });

  it('starts nothing for a signal that has fired', async () => {
    const reason = new Error('gone');
    await expect(
      children.run(node, lasting('a'), { timeoutMs, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect(children.running).toBe(0);
  });

  it('reaps a child when its signal fires, even one that ignores SIGTERM', async () => {
    const controller = new AbortController();
    const reason = new Error('gone');
    const run = children.run(node, lasting('stubborn', 'process.on("SIGTERM", () => {})'), {
      timeoutMs,
      graceMs: 20,
      signal: controller.signal,
    });
    const pid = await pidOf('stubborn');
    expect(isAlive(pid)).toBe(true);
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    expect(isAlive(pid)).toBe(false);
    expect(children.running).toBe(0);
  });

  it('does not wait for a grandchild that holds the pipes', async () => {
    const script = `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'],
      { stdio: 'inherit', detached: true }); c.unref(); console.log(c.pid); process.exit(0)`;
    const { stdout } = await children.run(node, ['-e', script], { timeoutMs, graceMs: 20 });
    expect(isAlive(Number(stdout))).toBe(true);
    process.kill(Number(stdout), 'SIGKILL');
  });

  it('ends all of its children at stop, and starts none after', async () => {
    const runs = ['a', 'b', 'c'].map((name) => children.run(node, lasting(name), { timeoutMs }));
    const ends = Promise.allSettled(runs);
    const pids = await Promise.all(['a', 'b', 'c'].map(pidOf));
    expect(children.running).toBe(3);
    await children.stop();
    expect(pids.map(isAlive)).toEqual([false, false, false]);
    for (const end of await ends) expect(end).toMatchObject({ reason: { code: 'aborted' } });
    await expect(children.run(node, ['-e', ''], { timeoutMs })).rejects.toMatchObject({ code: 'aborted' });
  });

  it('leaves another owner’s children alone, and no listener behind', async () => {
    const before = process.listenerCount('exit');
    const other = new ChildProcesses();
    const run = other.run(node, lasting('other'), { timeoutMs });
    const end = run.catch(() => {});
    const pid = await pidOf('other');
    await children.stop();
    expect(isAlive(pid)).toBe(true);
    await other.stop();
    await end;
    expect(process.listenerCount('exit')).toBe(before);
  });

  it('takes its children along when the process exits', async () => {
    const source = new URL('./child.ts', import.meta.url).href;
    const script = `import { ChildProcesses } from ${JSON.stringify(source)};
      import { watch } from 'node:fs';
      watch(${JSON.stringify(folder)}, (_, name) => { if (name === 'orphan') process.exit(0) });
      new ChildProcesses().run(process.execPath, ${JSON.stringify(lasting('orphan'))}, { timeoutMs: 1e6 });`;
    await promisify(execFile)(node, ['--import', 'tsx', '--input-type=module', '-e', script], {
      timeout: 30_000,
      killSignal: 'SIGKILL',
    });
    const pid = await pidOf('orphan');
    // An adopted child stays in the table until the init process gets round to it.
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
  });
});

it('keeps what would divert a child out of its environment', () => {
  const env = {
    PATH: '/bin',
    http_proxy: 'http://p',
    HTTPS_PROXY: 'x',
    all_proxy: 'y',
    FFREPORT: 'file=a',
    LANG: 'C',
  };
  expect(childEnvironment(env)).toEqual({ PATH: '/bin', LANG: 'C' });
});

it('keeps exactly the tail, however it is written', () => {
  const tail = new TailBuffer(10);
  for (let i = 0; i < 100; i += 1) tail.push(Buffer.from(String(i % 10).repeat((i % 7) + 1)));
  const whole = Array.from({ length: 100 }, (_, i) => String(i % 10).repeat((i % 7) + 1)).join('');
  expect(tail.text()).toBe(whole.slice(-10));
});
