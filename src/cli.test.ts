import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const CLI = fileURLToPath(new URL('cli.ts', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'raffi-cli-'));
const cacheDir = path.join(folder, 'cache');
const running = new Set<ChildProcess>();

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true });
});

describe('the headless core', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'runs until %s, then leaves nothing and exits with 0',
    async (signal) => {
      const core = start([]);
      const baseUrl = await core.said(/runs at (http:\S+)/);
      const health = (await (await fetch(baseUrl)).json()) as object;
      expect(health).toMatchObject({ ok: true, service: 'raffi' });
      await core.said(/(Ctrl\+C)/);
      core.child.kill(signal);
      expect(await core.exit).toBe(0);
      await expect(fetch(baseUrl)).rejects.toThrow();
      expect(fs.readdirSync(cacheDir)).toEqual([]);
    },
  );

  test('a second signal does not cut the cleaning up short', async () => {
    const core = start([]);
    const { port } = new URL(await core.said(/runs at (http:\S+)/));
    await core.said(/(Ctrl\+C)/);
    const connect = async (request: string): Promise<net.Socket> => {
      const socket = net.connect(Number(port), '127.0.0.1').on('error', () => {});
      socket.write(request);
      await once(socket, 'data');
      return socket;
    };
    // A body that never ends holds the stop up for its grace; an idle connection is closed as it begins.
    await connect(
      'POST /sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n',
    );
    const idle = await connect('HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    core.child.kill('SIGINT');
    await once(idle, 'close');
    core.child.kill('SIGINT');
    expect(await core.exit).toBe(0);
    expect(fs.readdirSync(cacheDir)).toEqual([]);
  });

  test('opens a file and says what it is', async () => {
    const file = path.join(folder, 'not a film.mkv');
    fs.writeFileSync(file, 'text');
    const core = start([path.basename(file)], { INIT_CWD: folder });
    const master = await core.said(/(http:\S+\/master\.m3u8)/);
    expect(master).toMatch(/\/sessions\/[0-9a-f-]{36}\//);
    await core.said(/(It cannot be played: .+)/);
    core.child.kill('SIGTERM');
    expect(await core.exit).toBe(0);
  });
});

describe('a start that cannot be', () => {
  test('taken port', async () => {
    const stranger = net.createServer().listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    const core = start([], { RAFFI_SERVER_ADDR: `127.0.0.1:${port}` });
    expect(await core.exit).toBe(1);
    expect(core.stderr()).toContain(`127.0.0.1:${port} is taken`);
    stranger.close();
  });

  test.concurrent.each([
    ['bad configuration', [], { RAFFI_LOG: 'chatty' }, 'RAFFI_LOG is "chatty", but it accepts'],
    ['a file that is not there', ['absent.mkv'], {}, 'There is no file "absent.mkv"'],
    ['an option', ['-i'], {}, 'Usage:'],
    ['a refused URL', ['http://169.254.169.254/x'], {}, 'does not open it'],
    ['a torrent', ['magnet:?xt=urn:btih:0'], {}, 'orrent'],
  ])('%s', async (_name, args, env, text) => {
    const core = start(args, env);
    expect(await core.exit).toBe(1);
    expect(core.stderr()).toContain(text);
    expect(core.stderr()).not.toMatch(/\n\s+at /);
  });
});

function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, ...args], {
    env: { PATH: process.env.PATH, RAFFI_SERVER_ADDR: '127.0.0.1:0', RAFFI_CACHE_DIR: cacheDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exit = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return {
    child,
    exit,
    stderr: () => stderr,
    /** The first group of what it prints, once it does. */
    said: async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const found = pattern.exec(stdout)?.[1];
        if (found !== undefined) return found;
        const ended = await Promise.race([exit, once(child.stdout, 'data').then(() => undefined)]);
        if (ended !== undefined) throw new Error(`ended with ${ended}: ${stderr}`);
      }
    },
  };
}
