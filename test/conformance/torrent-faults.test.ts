import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../build/setup/run.ts';
import type { CoreConfig } from '../../src/config.ts';
import type { TorrentSettings } from '../../src/torrent/settings.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import type { TorrentBounds } from '../../src/torrent/torrent.ts';
import { isClean, settledDiff, snapshot } from '../lab/leaks.ts';
import { realClip } from '../lab/media/index.ts';
import { freePort } from '../lab/swarm/ports.ts';
import { NO_FFMPEG, problemOf, Rig } from './rig.ts';
import { type Seed, seed } from './seed.ts';

const PIECE = 64 * 1024;
const LARGE_PIECE = 1024 * 1024;
/** Less than the clip. */
const SMALL_CACHE_BYTES = 16 * 1024 * 1024;
/** For what takes some seconds when nothing else runs. */
const BOUND_MS = 150_000;
const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function started(
  config: Partial<CoreConfig> = {},
  settings: Partial<TorrentSettings> = {},
  torrents: Partial<TorrentBounds> = {},
): Promise<Rig> {
  const torrent = { ...LOOPBACK_SETTINGS, ...settings };
  const rig = await Rig.start({ ...NO_FFMPEG, torrent, ...config }, { torrents });
  endings.push(() => rig.stop());
  return rig;
}

async function seeded(...options: Parameters<typeof seed>): Promise<Seed> {
  const made = await seed(...options);
  endings.push(() => made.close());
  return made;
}

/** True for every `n`th question, wherever that is. */
function now(n: number): () => boolean {
  let asked = 0;
  return () => ++asked % n === 0;
}

const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');
/** A link to one torrent that several seeds hold. */
const linkOf = (seeds: readonly Seed[]) =>
  `magnet:?xt=urn:btih:${seeds[0]?.infoHash}${seeds.map(({ address }) => `&x.pe=${address}`).join('')}`;

describe('peers that lie are found out, and the honest one is kept:', () => {
  const all = () => true;
  it.each<[string, ((piece: number) => boolean)[], number]>([
    ['one that lies about a third', [(piece) => piece % 3 === 0], PIECE],
    ['one that lies about everything', [all], PIECE],
    ['one that lies now and then', [now(50)], PIECE],
    ['one that lies now and then, when every piece is shared with it', [now(20)], LARGE_PIECE],
    ['several that lie each in their own way', [now(3), now(7), (piece) => piece % 4 === 0], PIECE],
    ['several that lie about everything', [all, all, all], PIECE],
    ['several that lie about everything, when every piece is shared with them', [all, all], LARGE_PIECE],
  ])('%s', { timeout: BOUND_MS }, async (_case, lies, pieceBytes) => {
    const clip = await realClip();
    const right = sha1(await readFile(clip));
    const rig = await started({ cacheBytes: SMALL_CACHE_BYTES });
    const liars = await Promise.all(lies.map((each) => seeded(clip, { pieceBytes, lies: each })));
    const honest = await seeded(clip, { pieceBytes, uploadLimit: 8_000_000 });
    await rig.open(linkOf([...liars, honest]), { kind: 'torrent' });
    const url = `/torrents/${honest.infoHash}`;
    // One that was asked for nothing the first time could not lie: the film is not kept, so all of them are asked anew.
    do expect(sha1(await rig.bytes(url))).toBe(right);
    while (liars.some((liar) => liar.connections() > 0));
    await expect.poll(async () => JSON.parse(await rig.text(`${url}/status`)).peers).toBe(1);
    expect(honest.connections()).toBe(1);
  });
});

it('gives no wrong byte when all peers lie, and the wait has an end and a name', async () => {
  const clip = await realClip();
  const rig = await started({}, {}, { stallMs: 3_000 });
  const liars = await Promise.all([1, 2, 3].map(() => seeded(clip, { pieceBytes: PIECE, lies: () => true })));
  await rig.open(linkOf(liars), { kind: 'torrent' });
  const answer = await rig.get(`/torrents/${liars[0]?.infoHash}`);
  expect([answer.status, problemOf(answer).code]).toEqual([504, 'no_peers']);
});

describe('a peer that', () => {
  it('keeps us out gives the pieces that it allows nevertheless', async () => {
    const clip = await realClip();
    const rig = await started({}, {}, { stallMs: 1_000 });
    const { magnet, infoHash } = await seeded(clip, { pieceBytes: PIECE, allowsOnly: (piece) => piece < 20 });
    await rig.open(magnet, { kind: 'torrent' });
    const get = (range: string) => rig.get(`/torrents/${infoHash}`, { headers: { Range: `bytes=${range}` } });
    const allowed = await get(`0-${20 * PIECE - 1}`);
    expect([allowed.status, sha1(allowed.bytes)]).toEqual([
      206,
      sha1((await readFile(clip)).subarray(0, 20 * PIECE)),
    ]);
    const other = await get(`${20 * PIECE}-${20 * PIECE}`);
    expect([other.status, problemOf(other).code]).toEqual([504, 'stalled']);
  });

  it('refuses a piece is asked for others, and not for that one over and over', async () => {
    const clip = await realClip();
    const rig = await started({}, {}, { stallMs: 1_000 });
    let refusals = 0;
    const refuses = (piece: number) => {
      if (piece === 7) refusals += 1;
      return piece === 7;
    };
    const { magnet, infoHash } = await seeded(clip, { pieceBytes: PIECE, refuses });
    await rig.open(magnet, { kind: 'torrent' });
    const get = (range: string) => rig.get(`/torrents/${infoHash}`, { headers: { Range: `bytes=${range}` } });
    const refused = await get(`${7 * PIECE}-${7 * PIECE}`);
    expect([refused.status, problemOf(refused).code]).toEqual([504, 'stalled']);

    expect(refusals).toBeLessThan(100);
    expect((await get(`${8 * PIECE}-${12 * PIECE}`)).status).toBe(206);
  });

  it('falls silent is not waited for', async () => {
    const clip = await realClip();
    const rig = await started();
    const silent = await seeded(clip, { pieceBytes: PIECE, stallsAfter: 20 });
    const other = await seeded(clip, { pieceBytes: PIECE });
    await rig.open(linkOf([silent, other]), { kind: 'torrent' });
    expect(sha1(await rig.bytes(`/torrents/${other.infoHash}`))).toBe(sha1(await readFile(clip)));
  });

  it('is the only one and falls silent: the wait has an end and a name', async () => {
    const rig = await started({}, {}, { stallMs: 1_000 });
    // Of four blocks each, it gives the first piece and no other.
    const silent = await seeded(await realClip(), { pieceBytes: PIECE, stallsAfter: 6 });
    await rig.open(silent.magnet, { kind: 'torrent' });
    const answer = await rig.get(`/torrents/${silent.infoHash}`, {
      headers: { Range: 'bytes=9000000-9000010' },
    });
    expect([answer.status, problemOf(answer).code]).toEqual([504, 'stalled']);
  });
});

it('goes on when all peers left half-way and one comes back', async () => {
  const clip = await realClip();
  const port = await freePort('127.0.0.1');
  const rig = await started({}, { port }, { stallMs: 1_500 });
  const first = await seeded(clip, { pieceBytes: PIECE });
  await rig.open(first.magnet, { kind: 'torrent' });
  const url = `/torrents/${first.infoHash}`;
  expect((await rig.get(url, { headers: { Range: 'bytes=0-99999' } })).status).toBe(206);
  await first.close();
  const lost = await rig.get(url, { headers: { Range: 'bytes=-100000' } });
  // Unless the end had come in before it left, which it fetches beside the head.
  if (lost.status !== 206) expect([lost.status, problemOf(lost).code]).toEqual([504, 'no_peers']);
  await seeded(clip, { pieceBytes: PIECE, joins: `127.0.0.1:${port}` });
  await vi.waitFor(async () => expect(sha1(await rig.bytes(url))).toBe(sha1(await readFile(clip))), 30_000);
});

it('plays a film that is larger than the cache may be, within its budget', async () => {
  const clip = await realClip();
  const bytes = await readFile(clip);
  const rig = await started({ cacheBytes: SMALL_CACHE_BYTES });
  const { magnet, infoHash } = await seeded(clip, { pieceBytes: PIECE });
  await rig.open(magnet, { kind: 'torrent' });
  for (let round = 0; round < 2; round += 1) {
    expect(sha1(await rig.bytes(`/torrents/${infoHash}`))).toBe(sha1(bytes));
    const { downUsefulBytes } = JSON.parse(await rig.text(`/torrents/${infoHash}/status`));
    expect(downUsefulBytes).toBeLessThanOrEqual(SMALL_CACHE_BYTES);
  }
});

it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'says that the disk is full',
  async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'raffi-full-'));
    endings.push(() => rm(folder, { recursive: true, force: true }));
    const mount = await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { timeoutMs: 5_000 });
    context.skip(!mount.ok, 'this machine lets nobody mount a tmpfs');
    endings.push(() => run('umount', ['-l', folder], { timeoutMs: 5_000 }));
    const rig = await started({ cacheDir: folder });
    const { magnet, infoHash } = await seeded(await realClip(), { pieceBytes: PIECE });
    await rig.open(magnet, { kind: 'torrent' });
    let start = 0;
    const ask = async () => {
      start = (start + 1_500_000) % 9_000_000;
      const answer = await rig.get(`/torrents/${infoHash}`, {
        headers: { Range: `bytes=${start}-12000000` },
      });
      return [answer.status, problemOf(answer).code];
    };
    // An answer that has begun when the disk becomes full is cut; one for a piece that is not there at all says why.
    await expect.poll(() => ask().catch(() => 'cut')).toEqual([507, 'cache_full']);
  },
);

it('does without a tracker that is down', async () => {
  const clip = await realClip();
  const rig = await started();
  const { magnet, infoHash } = await seeded(clip, { pieceBytes: PIECE });
  const dead = encodeURIComponent(`http://127.0.0.1:${await freePort('127.0.0.1')}/announce`);
  await rig.open(`${magnet}&tr=${dead}`, { kind: 'torrent' });
  expect(sha1(await rig.bytes(`/torrents/${infoHash}`))).toBe(sha1(await readFile(clip)));
});

it('says that the port for peers is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  endings.push(() => new Promise((resolve) => server.close(resolve)));
  await new Promise((resolve) => server.once('listening', resolve));
  const rig = await started({}, { port: (server.address() as { port: number }).port });
  const session = await rig.open(`magnet:?xt=urn:btih:${'2'.repeat(40)}`, { kind: 'torrent' });
  const answer = await rig.get(`/sessions/${session}/master.m3u8`);
  expect([answer.status, problemOf(answer).code]).toEqual([502, 'torrent_failed']);
  expect(problemOf(answer).detail).toContain('RAFFI_TORRENT_ADDR');
});

it('leaves nothing behind: no thread, no socket, no file', async () => {
  const clip = await realClip();
  const rig = await started();
  const { magnet, infoHash } = await seeded(clip, { pieceBytes: PIECE, uploadLimit: 5_000_000 });
  const get = (path: string, init: RequestInit = {}) =>
    rig.get(path, { ...init, headers: { Connection: 'close', ...init.headers } });
  await get('/');
  const beBusy = async () => {
    const sessions = await Promise.all([1, 2].map(() => rig.open(magnet, { kind: 'torrent' })));
    await Promise.all(sessions.map((id) => get(`/sessions/${id}/master.m3u8`)));
    const leaving = new AbortController();
    const cut = get(`/torrents/${infoHash}`, { signal: leaving.signal }).catch(() => {});
    await get(`/torrents/${infoHash}`, { headers: { Range: 'bytes=5000000-5000100' } });
    leaving.abort();
    await cut;
    await Promise.all(sessions.map((id) => rig.close(id)));
  };
  // What the core and the seed, which lives in this process too, hold from their first use on is theirs.
  await beBusy();
  const options = { folders: [rig.cacheDir] };
  const before = await snapshot(options);
  await beBusy();
  await beBusy();
  const leaks = await settledDiff(before, options);
  expect(leaks, JSON.stringify(leaks)).toSatisfy(isClean);
});
