import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { type Core, createCore } from '../../src/index.ts';
import { isClean, settledDiff, snapshot } from '../lab/leaks.ts';
import { film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';

const NOTHING = { resources: {}, descriptors: {}, children: {}, files: {} };

let origin: Origin;
let cacheDir: string;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'raffi-leaks-'));
  origin = await startOrigin({
    files: {
      '/film.mkv': await film('gop2-mkv'),
      '/film.mp4': await film('moov-at-end'),
      '/page.mkv': await film('not-media-html-mkv'),
      '/avi.avi': await film('avi'),
      '/ac3.mkv': await film('h264-ac3-mkv'),
      '/xvid.mkv': await film('mpeg4-mp3-mkv'),
      '/stalls.mkv': await film('gop2-mkv'),
    },
    faults: { '/gone.mkv': { status: { code: 410 } }, '/stalls.mkv': { stall: { afterBytes: 65_536 } } },
  });
});
afterAll(async () => {
  await origin.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const newCore = (dir = cacheDir) =>
  createCore(loadConfig({}, { port: 0, cacheDir: dir, logLevel: 'silent', castHost: '127.0.0.1' }));

/** As much of a player's life as fits in a second: films that play and films that fail, seeks that are given up, some closed. */
async function beBusy(core: Core, baseUrl: string): Promise<void> {
  const get = async (path: string, signal?: AbortSignal) => {
    // A connection of its own: what fetch keeps alive is fetch's.
    const answer = await fetch(baseUrl + path, {
      headers: { Connection: 'close' },
      ...(signal && { signal }),
    });
    return new Uint8Array(await answer.arrayBuffer());
  };
  const paths = [
    ...['/film.mkv', '/film.mp4', '/page.mkv', '/avi.avi', '/gone.mkv', '/nothing.mkv'],
    ...['/ac3.mkv', '/xvid.mkv'],
  ];
  const sessions = await Promise.all([
    ...paths.map((path) => core.open({ kind: 'http', source: origin.url(path) })),
    core.open({ kind: 'file', source: await film('gop2-mp4') }),
    core.open({ kind: 'file', source: '/nowhere' }),
  ]);
  // Some of these are closed, others are cast until the stop.
  await Promise.all(sessions.map((session) => core.issueCastToken(session)));
  const events = new AbortController();
  await Promise.all(
    sessions.map(async ({ sessionId }, index) => {
      const session = `/sessions/${sessionId}`;
      const listening = fetch(`${baseUrl}${session}/events`, { signal: events.signal });
      listening.then((answer) => answer.text()).catch(() => {});
      await get(`${session}/master.m3u8`);
      await Promise.all([0, 1, 2].map((n) => get(`${session}/hls/v0/${n}.m4s`)));
      await Promise.all([4, 3].map((n) => get(`${session}/stream/s0a0-${n}.ts`)));
      for (const n of [1, 4, 2]) {
        const seek = new AbortController();
        const asked = get(`${session}/hls/a0/${n}.m4s`, seek.signal).catch(() => {});
        if (n !== 2) await Promise.race([asked, delay(1)]);
        seek.abort();
        await asked;
      }
      // Left in the middle of a segment, should it be in the making.
      const begun = await fetch(`${baseUrl}${session}/hls/v0/5.m4s`, { headers: { Connection: 'close' } });
      await begun.body?.cancel();
      await get(`${session}/direct`);
      if (index % 2 === 0)
        await fetch(baseUrl + session, { method: 'DELETE', headers: { Connection: 'close' } });
    }),
  );
  // Left in the middle of things: the core's stop has to end them.
  for (const path of ['/stalls.mkv', '/film.mkv']) {
    const { sessionId } = await core.open({ kind: 'http', source: origin.url(path) });
    get(`/sessions/${sessionId}/master.m3u8`).catch(() => {});
    get(`/sessions/${sessionId}/direct`).catch(() => {});
  }
  events.abort();
}

describe('a core', () => {
  it('leaves nothing behind: started, busy, stopped; and all that again', async () => {
    const folders = [cacheDir];
    // What a first run loads and keeps for good (undici's own pools, the lab's) is not counted; what is only not closed yet is.
    const cold = await snapshot({ folders });
    const warm = newCore();
    await beBusy(warm, (await warm.start()).baseUrl);
    await warm.stop();
    origin.dropConnections();
    await settledDiff(cold, { folders });
    const before = await snapshot({ folders });
    const core = newCore();
    for (let round = 0; round < 2; round++) {
      const { baseUrl } = await core.start();
      await beBusy(core, baseUrl);
      const startedAt = performance.now();
      await core.stop();
      expect(performance.now() - startedAt).toBeLessThan(2000);
      origin.dropConnections();
      expect(await settledDiff(before, { folders })).toEqual(NOTHING);
      expect(await readdir(cacheDir)).toEqual([]);
    }
    await core.stop();
    expect(isClean(await settledDiff(before, { folders }))).toBe(true);
  });

  it('does not disturb another in the same process, even over the same folder', async () => {
    const [one, two] = [newCore(), newCore()];
    const [{ baseUrl: first }, { baseUrl: second }] = await Promise.all([one.start(), two.start()]);
    expect(first).not.toBe(second);
    const playing = await two.open({ kind: 'http', source: origin.url('/film.mkv') });
    const segment = (n: number) => fetch(`${second}/sessions/${playing.sessionId}/hls/v0/${n}.m4s`);
    const before = new Uint8Array(await (await segment(0)).arrayBuffer());
    expect((await fetch(`${first}/sessions/${playing.sessionId}`)).status).toBe(404);
    await beBusy(one, first);
    await one.stop();
    expect((await segment(3)).status).toBe(200);
    expect(new Uint8Array(await (await segment(0)).arrayBuffer())).toEqual(before);
    expect((await fetch(second)).status).toBe(200);
    await two.stop();
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it.each(['/ac3.mkv', '/xvid.mkv'])('ends its encoders when the session of %s is closed', async (path) => {
    const core = newCore();
    const { baseUrl } = await core.start();
    const { sessionId } = await core.open({ kind: 'http', source: origin.url(path) });
    const session = `${baseUrl}/sessions/${sessionId}`;
    const get = async (asset: string) => {
      const answer = await fetch(`${session}/${asset}`, { headers: { Connection: 'close' } });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect(await get('master.m3u8')).toBe(200);
    const before = await snapshot({ folders: [cacheDir] });
    expect(await Promise.all(['hls/a0/0.m4s', 'hls/v0/0.m4s'].map(get))).toEqual([200, 200]);
    const asked = [get('hls/a0/3.m4s'), get('hls/v0/3.m4s'), get('stream/s0a0-2.ts')].map((one) =>
      one.catch(() => 0),
    );
    await fetch(session, { method: 'DELETE', headers: { Connection: 'close' } });
    await Promise.all(asked);
    expect((await settledDiff(before, { folders: [cacheDir] })).children).toEqual({});
    await core.stop();
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('ends its ffprobe when the client leaves or the session is closed', async () => {
    const core = newCore();
    const looked = new Promise<void>((resolve) => {
      core.subscribe((event) => event.type === 'health' && resolve());
    });
    const { baseUrl } = await core.start();
    // Looking for ffprobe runs it, too.
    await looked;
    const { sessionId } = await core.open({ kind: 'http', source: origin.url('/stalls.mkv') });
    const leave = new AbortController();
    const asked = fetch(`${baseUrl}/sessions/${sessionId}`, { signal: leave.signal }).catch(() => {});
    await expectChildren('ffprobe', 1);
    leave.abort();
    await asked;
    await fetch(`${baseUrl}/sessions/${sessionId}`, { method: 'DELETE' });
    await expectChildren('ffprobe', 0);
    await core.stop();
  });
});

describe('npm run core', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s in the middle of a film: code 0, no child, no folder',
    async (signal) => {
      const folder = await mkdtemp(join(tmpdir(), 'raffi-cli-'));
      const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', origin.url('/film.mkv')], {
        env: { ...process.env, RAFFI_SERVER_ADDR: '127.0.0.1:0', RAFFI_CACHE_DIR: folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        const exited = once(child, 'exit');
        await playThenHang(await linkSaidBy(child.stdout), child.pid ?? 0);
        expect(await readdir(folder)).toHaveLength(1);
        const startedAt = performance.now();
        child.kill(signal);
        const [code] = (await exited) as [number | null];
        expect(code).toBe(0);
        expect(performance.now() - startedAt).toBeLessThan(2000);
        expect(await readdir(folder)).toEqual([]);
      } finally {
        child.kill('SIGKILL');
        await rm(folder, { recursive: true });
      }
    },
  );
});

/** The film's first link, once everything was said. */
async function linkSaidBy(stdout: Readable): Promise<URL> {
  let said = '';
  for await (const text of stdout.setEncoding('utf8')) {
    said += text;
    if (said.includes('Ctrl+C')) break;
  }
  return new URL(/http:\S+\/master\.m3u8/.exec(said)?.[0] ?? '');
}

/** Plays a film and leaves answers open, those of a film that hangs among them: none may hold the end up. */
async function playThenHang(master: URL, pid: number): Promise<void> {
  expect((await fetch(new URL('hls/v0/0.m4s', master))).status).toBe(200);
  const body = JSON.stringify({ source: origin.url('/stalls.mkv') });
  const opened = await fetch(new URL('/sessions', master), { method: 'POST', body });
  const { id } = (await opened.json()) as { id: string };
  for (const path of ['direct', 'events', `/sessions/${id}`]) {
    fetch(new URL(path, master))
      .then((answer) => answer.text())
      .catch(() => {});
  }
  await expectChildren('ffprobe', 1, pid);
}

/** Waits, with a bound, until a process has so many children of a name. */
async function expectChildren(name: string, count: number, pid = process.pid): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const { children } = await snapshot({ pid });
    if ((children[name] ?? 0) === count) return;
    if (performance.now() > deadline) throw new Error(`${JSON.stringify(children)}, not ${count} ${name}`);
    await delay(10);
  }
}
