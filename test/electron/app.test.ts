import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IpcHealth } from '../../electron/ipc/contract.ts';
import { isAlive, processTree } from '../support/processes.ts';
import { launchApp, type RunningApp } from './harness.ts';

/** The app's frame: what holds whatever film is played. */
describe('the app', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await launchApp();
    await app.ready();
  });
  afterAll(async () => {
    await app?.close();
  });

  test('loads its page from its own protocol, without an error', async () => {
    expect(app.page.url()).toBe('app://raffi/');
    expect(await app.page.evaluate(() => location.origin)).toBe('app://raffi');
    expect(app.log()).not.toMatch(/page error|Content Security Policy/);
  });

  test('sends a strict policy with every file', async () => {
    const policy = await app.page.evaluate(async () =>
      (await fetch('/index.html')).headers.get('content-security-policy'),
    );
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
  });

  test('runs no inline script and loads nothing from elsewhere', async () => {
    const outcome = await app.page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.broken = true';
      document.body.append(script);
      const foreign = await fetch('http://192.0.2.1/').then(
        () => 'loaded',
        (error: unknown) => String(error),
      );
      return { inline: 'broken' in window, foreign };
    });
    expect(outcome).toEqual({ inline: false, foreign: expect.stringContaining('Failed to fetch') });
  });

  test('does not serve what lies outside its folder', async () => {
    const statuses = await app.page.evaluate(() =>
      Promise.all(
        ['/../main/index.js', '/%2e%2e/main/index.js', '/..%2fmain%2findex.js', '/nothing.js'].map(
          async (path) => (await fetch(path)).status,
        ),
      ),
    );
    expect(statuses).toEqual([404, 404, 404, 404]);
  });

  test('gives the page no Node and no more than the agreed functions', async () => {
    const seen = await app.page.evaluate(() => ({
      require: typeof Reflect.get(window, 'require'),
      process: typeof Reflect.get(window, 'process'),
      module: typeof Reflect.get(window, 'module'),
      api: Object.fromEntries(Object.entries(window.raffi).map(([name, part]) => [name, Object.keys(part)])),
    }));
    expect(seen).toEqual({
      require: 'undefined',
      process: 'undefined',
      module: 'undefined',
      api: {
        health: ['get', 'subscribe'],
        open: ['pickFile', 'fromDrop', 'subscribe'],
        cast: [
          ...['issueToken', 'devices', 'subscribe', 'addDevice', 'load', 'play', 'pause'],
          ...['seek', 'setVolume', 'setTracks', 'stop', 'check'],
        ],
      },
    });
  });

  test('opens no second window and leaves its page for no link', async () => {
    const opened = await app.page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'https://example.com/';
      document.body.append(link);
      link.click();
      return window.open('https://example.com/') === null;
    });
    expect(opened).toBe(true);
    expect(await app.windows()).toEqual(['app://raffi/']);
    expect(app.page.url()).toBe('app://raffi/');
  });

  test('answers health: the core listens on loopback, in a process of its own', async () => {
    // ffmpeg and ffprobe are looked for after the start.
    const health = await app.page.evaluate(
      () =>
        new Promise<IpcHealth>((resolve) => {
          window.raffi.health.subscribe((news) => {
            if (news.ffmpeg !== null && 'version' in news.ffmpeg.ffprobe) resolve(news);
          });
        }),
    );
    expect(health).toMatchObject({
      state: 'ready',
      sessions: 0,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(health.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const answered = await app.page.evaluate(async (url) => (await fetch(`${url}/`)).json(), health.baseUrl);
    expect(answered).toMatchObject({ ok: true });
    expect(isAlive(app.corePid())).toBe(true);
    expect(app.corePid()).not.toBe(app.pid);
  });

  test('refuses a payload that is not what was agreed', async () => {
    const refusal = await app.page.evaluate(() =>
      window.raffi.open.pickFile(JSON.parse('{"capabilities": 7}')).then(
        () => 'accepted',
        (error: unknown) => String(error),
      ),
    );
    expect(refusal).toContain('does not understand');
  });

  test('a file that is not on disk cannot be dropped', async () => {
    const result = await app.page.evaluate(() => window.raffi.open.fromDrop(new File(['x'], 'x.mkv')));
    expect(result).toMatchObject({ ok: false, name: 'x.mkv', problem: { code: 'source_refused' } });
  });

  test('casting answers in problems of the closed set', async () => {
    const refusals = await app.page.evaluate(async () => {
      const told = (error: unknown) => String(error);
      const { cast } = window.raffi;
      return [
        await cast.issueToken({ sessionId: crypto.randomUUID() }).then(() => 'issued', told),
        await cast.seek(-1).then(() => 'sought', told),
        await cast.seek(1).then(() => 'sought', told),
      ];
    });
    expect(refusals[0]).toContain('"code":"session_not_found"');
    expect(refusals[1]).toContain('"code":"bad_request"');
    expect(refusals[2]).toContain('"code":"cast_no_device"');
  });

  test('a page that is loaded anew hears of the core again', async () => {
    await app.page.reload();
    const { state } = await app.page.evaluate(
      () => new Promise<IpcHealth>((resolve) => window.raffi.health.subscribe(resolve)),
    );
    expect(state).toBe('ready');
  });

  test('a killed core comes back at the same address, with its sessions', async () => {
    const { baseUrl } = await app.ready();
    const made = await app.page.evaluate(async (url) => {
      const body = JSON.stringify({ source: 'http://192.0.2.1/film.mkv' });
      const answer = await fetch(`${url}/sessions`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json' },
      });
      return (await answer.json()) as { id: string };
    }, baseUrl);
    const first = app.corePid();
    const states = await app.page.evaluateHandle(
      () =>
        new Promise<{ three: Promise<string[]> }>((subscribed) => {
          const three = new Promise<string[]>((resolve) => {
            const seen: string[] = [];
            window.raffi.health.subscribe(({ state }) => {
              if (seen.at(-1) !== state) seen.push(state);
              if (seen.length === 3) resolve(seen);
              // The main process answers a subscription with the present state: it knows of this one now.
              subscribed({ three });
            });
          });
        }),
    );
    process.kill(first, 'SIGKILL');
    expect(await states.evaluate(({ three }) => three)).toEqual(['ready', 'restarting', 'ready']);
    expect((await app.ready()).baseUrl).toBe(baseUrl);
    expect(app.corePid()).not.toBe(first);
    const listed = await app.page.evaluate(async (url) => (await fetch(`${url}/sessions`)).json(), baseUrl);
    expect(JSON.stringify(listed)).toContain(made.id);
    await app.page.evaluate((url) => fetch(url, { method: 'DELETE' }), `${baseUrl}/sessions/${made.id}`);
  });

  test('quitting leaves no process behind', async () => {
    const tree = processTree(app.pid).map(({ pid }) => pid);
    expect(tree.length).toBeGreaterThan(2);
    expect(await app.close()).toEqual([]);
    expect(tree.filter(isAlive)).toEqual([]);
    expect(existsSync(app.userData)).toBe(false);
  });
});
