import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TorrentStatus } from '../../src/torrent/status.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import { realClip } from '../lab/media/index.ts';
import { json, NO_FFMPEG, Rig } from './rig.ts';
import { type Seed, seed } from './seed.ts';

const PIECE = 64 * 1024;
const endings: (() => Promise<unknown>)[] = [];
let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'raffi-resume-'));
  endings.push(() => rm(cacheDir, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');

async function started(keep = true): Promise<Rig> {
  const rig = await Rig.start({ ...NO_FFMPEG, cacheDir, torrent: { ...LOOPBACK_SETTINGS, keep } });
  endings.push(() => rig.stop());
  return rig;
}

async function seeded(...options: Parameters<typeof seed>): Promise<Seed> {
  const made = await seed(...options);
  endings.push(() => made.close());
  return made;
}

async function statusOf(rig: Rig, infoHash: string): Promise<TorrentStatus> {
  return json(await rig.get(`/torrents/${infoHash}/status`)) as TorrentStatus;
}

/** Files of pieces anywhere in the cache folder. */
async function pieceFiles(): Promise<string[]> {
  const names = await readdir(cacheDir, { recursive: true });
  return names.filter((name) => name.endsWith('.pieces')).map((name) => join(cacheDir, name));
}

it('what was fetched of a kept torrent plays in the next run with no peer at all', async () => {
  const clip = await realClip();
  const { magnet, infoHash, close } = await seeded(clip, { pieceBytes: PIECE });
  const first = await started();
  const session = await first.open(magnet, { kind: 'torrent' });
  await first.bytes(`/torrents/${infoHash}`);
  await first.close(session);
  expect((await pieceFiles()).length).toBeGreaterThan(0);
  await first.stop();
  await close();
  const second = await started();
  await second.open(`magnet:?xt=urn:btih:${infoHash}`, { kind: 'torrent' });
  await second.get(`/torrents/${infoHash}`, { headers: { Range: 'bytes=0-0' } });
  expect(await statusOf(second, infoHash)).toMatchObject({ progress: 1, ready: true, peers: 0 });
  expect(sha1(await second.bytes(`/torrents/${infoHash}`))).toBe(sha1(await readFile(clip)));
});

it('what has changed on disk meanwhile is fetched again', async () => {
  const clip = await realClip();
  const { magnet, infoHash } = await seeded(clip, { pieceBytes: PIECE });
  const first = await started();
  await first.open(magnet, { kind: 'torrent' });
  await first.bytes(`/torrents/${infoHash}`);
  await first.stop();
  const [damaged = '', cut = ''] = (await pieceFiles()).sort();
  const file = await open(damaged, 'r+');
  await file.write(Buffer.from('damage'), 0, 6, 3 * PIECE + 7);
  await file.close();
  const other = await open(cut, 'r+');
  await other.truncate(PIECE + 1);
  await other.close();
  const second = await started();
  await second.open(magnet, { kind: 'torrent' });
  expect(sha1(await second.bytes(`/torrents/${infoHash}`))).toBe(sha1(await readFile(clip)));
});

it('a core that is killed in mid-download goes on where it was, and leaves nothing else', async () => {
  const clip = await realClip();
  const bytes = await readFile(clip);
  const { magnet, infoHash } = await seeded(clip, { pieceBytes: PIECE, uploadLimit: 2_000_000 });
  const dying = await killableCore();
  await fetch(`${dying.baseUrl}/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ source: magnet, kind: 'torrent' }),
  });
  const reading = fetch(`${dying.baseUrl}/torrents/${infoHash}`).then((answer) => answer.arrayBuffer());
  reading.catch(() => {}); // cut by the kill
  await vi.waitFor(async () => {
    const answer = await fetch(`${dying.baseUrl}/torrents/${infoHash}/status`);
    const { downUsefulBytes } = (await answer.json()) as TorrentStatus;
    expect(downUsefulBytes).toBeGreaterThan(bytes.length / 3);
  }, 30_000);
  await dying.kill();
  const rig = await started();
  await rig.open(magnet, { kind: 'torrent' });
  await rig.get(`/torrents/${infoHash}`, { headers: { Range: 'bytes=0-0' } });
  // All but what came in during the last second.
  expect((await statusOf(rig, infoHash)).downUsefulBytes).toBeGreaterThan(bytes.length / 10);
  expect(sha1(await rig.bytes(`/torrents/${infoHash}`))).toBe(sha1(bytes));
  await rig.stop();
  expect(await readdir(cacheDir)).toEqual(['torrents']);
});

it('nothing stays of a torrent that is not to be kept', async () => {
  const { magnet, infoHash } = await seeded(await realClip(), { pieceBytes: PIECE });
  const keeping = await started();
  await keeping.open(magnet, { kind: 'torrent' });
  await keeping.bytes(`/torrents/${infoHash}`);
  await keeping.stop();
  const rig = await started(false);
  await vi.waitFor(async () => expect(await pieceFiles()).toEqual([]));
  const session = await rig.open(magnet, { kind: 'torrent' });
  await rig.bytes(`/torrents/${infoHash}`);
  await rig.close(session);
  expect(await pieceFiles()).toEqual([]);
});

/** A core in a process of its own, which can be killed as a crash or the system does. */
async function killableCore(): Promise<{ baseUrl: string; kill: () => Promise<void> }> {
  const cli = join(import.meta.dirname, '../../src/cli.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', cli], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      RAFFI_SERVER_ADDR: '127.0.0.1:0',
      RAFFI_CACHE_DIR: cacheDir,
      RAFFI_TORRENT_ADDR: '127.0.0.1:0',
      RAFFI_TORRENT_FEATURES: 'none',
      RAFFI_TORRENT_KEEP: 'yes',
    },
  });
  const gone = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  endings.push(kill);
  for await (const line of createInterface({ input: child.stdout })) {
    const baseUrl = /runs at (http\S+)/.exec(line)?.[1];
    if (baseUrl !== undefined) return { baseUrl: baseUrl.replace(/\/$/, ''), kill };
  }
  throw new Error('The core ended before it ran.');
}
