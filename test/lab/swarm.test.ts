import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { describeWithSwarm } from '../support/swarm-gate.ts';
import { settledDiff, snapshot } from './leaks.ts';
import { completed, downloadByAria2, startDownload } from './swarm/download.ts';
import { temporaryFolder } from './swarm/owner.ts';
import { isLoopback, socketsOf } from './swarm/sockets.ts';
import { startSwarm } from './swarm/swarm.ts';
import { until } from './swarm/until.ts';

const MAKES = ['transmission', 'aria2', 'libtorrent'] as const;
const KIB = 1024;
const PIECE_LENGTH_BYTES = 256 * KIB;
const NAME = 'film.bin';
const BYTES = randomBytes(3 * 1024 * KIB + 12_345);
const content = { files: { [NAME]: BYTES } };
const BOUND_MS = 30_000;

/** By value, not by `toEqual`: a difference of megabytes would be printed. */
async function isWhole(folder: string): Promise<boolean> {
  return BYTES.equals(await readFile(join(folder, NAME)));
}

// Most of the time goes by in the choking rounds of the programs (10 s in transmission's case): they wait side by side.
describeWithSwarm('the swarm', { concurrent: true }, () => {
  it.each(MAKES)('%s seeds by .torrent and by magnet', async (make) => {
    await using swarm = await startSwarm({ content, seeds: [{ make }] });
    const [file, link] = [join(swarm.folder, 'file'), join(swarm.folder, 'link')];
    await using byFile = await startDownload({ source: swarm.torrentFile, folder: file });
    await using byLink = await startDownload({ source: swarm.magnet, folder: link });
    await completed(byFile);
    await completed(byLink);
    expect(await isWhole(file)).toBe(true);
    expect(await isWhole(link)).toBe(true);
    const { uploadedBytes, seeding } = (await swarm.seeds[0]?.status()) ?? {};
    expect({ uploadedBytes, seeding }).toEqual({ uploadedBytes: expect.any(Number), seeding: true });
  });

  it('three makes at once, to another make', async () => {
    await using disk = await temporaryFolder('raffi-swarm-test-');
    const source = join(disk.path, 'source');
    await writeFile(source, BYTES);
    const { mtimeMs } = await stat(source);
    const seeds = MAKES.map((make) => ({ make }));
    await using swarm = await startSwarm({ content: { files: { [NAME]: source } }, seeds });
    expect(swarm.seeds.map(({ make }) => make)).toEqual(MAKES);
    expect(new Set(swarm.seeds.map(({ address }) => address.host)).size).toBe(3);
    const folder = join(swarm.folder, 'aria2');
    await downloadByAria2({ source: swarm.magnet, folder });
    expect(await isWhole(folder)).toBe(true);
    // The seeds shared the file itself.
    expect(BYTES.equals(await readFile(source))).toBe(true);
    expect((await stat(source)).mtimeMs).toBe(mtimeMs);
  });

  it.each(MAKES)('%s keeps to its limit', async (make) => {
    const uploadBytesPerSecond = 512 * KIB;
    await using swarm = await startSwarm({ content, seeds: [{ make, uploadBytesPerSecond }] });
    await using download = await startDownload({
      source: swarm.torrentFile,
      folder: join(swarm.folder, 'slow'),
    });
    const first = await until('the first bytes', BOUND_MS, async () => {
      const { downloadedBytes } = await download.status();
      return downloadedBytes > 0 ? { downloadedBytes, atMs: performance.now() } : null;
    });
    await completed(download);
    const seconds = (performance.now() - first.atMs) / 1000;
    const restBytes = BYTES.length - first.downloadedBytes;
    // Only too fast can be wrong: a busy machine makes it slower.
    expect(restBytes).toBeGreaterThan(BYTES.length / 4);
    expect(restBytes / seconds).toBeLessThan(2 * uploadBytesPerSecond);
  });

  it.each(MAKES)('%s can be limited anew', async (make) => {
    // It would take longer than `completed` waits.
    await using swarm = await startSwarm({ content, seeds: [{ make, uploadBytesPerSecond: 32 * KIB }] });
    const folder = join(swarm.folder, 'freed');
    await using download = await startDownload({ source: swarm.torrentFile, folder });
    await until(
      'the first bytes',
      BOUND_MS,
      async () => (await download.status()).downloadedBytes > 0 || null,
    );
    await swarm.seeds[0]?.limitUpload(null);
    await completed(download);
    expect(await isWhole(folder)).toBe(true);
  });

  it.each([{ version: 'v2' }, { isPrivate: true, dht: true }] as const)(
    'shares a torrent of the kind %j',
    async (kind) => {
      await using swarm = await startSwarm({ content, seeds: [{ make: 'libtorrent' }], ...kind });
      const folder = join(swarm.folder, 'kind');
      await using download = await startDownload({ source: swarm.torrentFile, folder });
      await completed(download);
      expect(await isWhole(folder)).toBe(true);
    },
  );

  it('a poisoned piece is offered as good, found, and then fetched of an honest seed', async () => {
    const poisoned = { make: 'libtorrent', poisonedPieces: [3] } as const;
    await using swarm = await startSwarm({
      content,
      pieceLengthBytes: PIECE_LENGTH_BYTES,
      seeds: [poisoned],
    });
    const folder = join(swarm.folder, 'poisoned');
    await using download = await startDownload({ source: swarm.torrentFile, folder });
    const failed = await until(
      'a piece fails',
      BOUND_MS,
      () => download.events.find((event) => event.event === 'hashFailed') ?? null,
    );
    expect(failed.piece).toBe(3);
    const honest = await swarm.addSeed({ make: 'libtorrent' });
    await download.connect(honest.address);
    await completed(download);
    expect(await isWhole(folder)).toBe(true);
  });

  it.each(['leave', 'stall'] as const)('a seed can %s in the middle', async (kind) => {
    const fault = { kind, afterBytes: 1024 * KIB };
    const seed = { make: 'libtorrent', uploadBytesPerSecond: 2048 * KIB, fault } as const;
    await using swarm = await startSwarm({ content, seeds: [seed] });
    const folder = join(swarm.folder, kind);
    await using download = await startDownload({ source: swarm.magnet, folder });
    const [first] = swarm.seeds;
    await until(kind, BOUND_MS, async () => {
      return (kind === 'leave' ? !first?.isRunning() : await first?.isStalled()) || null;
    });
    const { downloadedBytes } = await download.status();
    expect(downloadedBytes).toBeGreaterThan(0);
    expect(downloadedBytes).toBeLessThan(BYTES.length);
    if (kind === 'stall') first?.resume();
    else await download.connect((await swarm.addSeed({ make: 'libtorrent' })).address);
    await completed(download);
    expect(await isWhole(folder)).toBe(true);
  });

  it('peers find each other by the DHT alone', async () => {
    const seeds = [{ make: 'libtorrent' }, { make: 'aria2' }] as const;
    await using swarm = await startSwarm({ content, seeds, tracker: false, dht: true });
    if (swarm.dhtNode === null) throw new Error('There is no DHT');
    expect(swarm.bareMagnet).toBe(`magnet:?xt=urn:btih:${swarm.infoHash}`);
    const folder = join(swarm.folder, 'dht');
    await using download = await startDownload({
      source: swarm.bareMagnet,
      folder,
      dhtNodes: [swarm.dhtNode.address],
    });
    await completed(download);
    expect(await isWhole(folder)).toBe(true);
  });
});

describeWithSwarm('a swarm and what is around it', {}, () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('is gone when it is disposed, and never had a connection beyond loopback', async () => {
    const before = await snapshot();
    const seeds = MAKES.map((make) => ({ make }));
    const swarm = await startSwarm({ content, seeds, dht: true });
    const programs = [...swarm.seeds, swarm.tracker, swarm.dhtNode].flatMap((part) => part?.pid ?? []);
    expect(programs).toHaveLength(5);
    {
      await using download = await startDownload({
        source: swarm.magnet,
        folder: join(swarm.folder, 'all'),
      });
      await completed(download);
      const sockets = await socketsOf([...programs, download.process.pid]);
      expect(sockets.length).toBeGreaterThan(programs.length);
      expect(sockets.filter((socket) => !isLoopback(socket))).toEqual([]);
    }
    await swarm[Symbol.asyncDispose]();
    expect(programs.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(existsSync(dirname(swarm.folder))).toBe(false);
    expect(await settledDiff(before)).toEqual({ resources: {}, descriptors: {}, children: {}, files: {} });
  });

  it('leaves nothing when it cannot start', async () => {
    const before = await snapshot();
    await using folder = await temporaryFolder('raffi-swarm-test-');
    vi.stubEnv('TMPDIR', folder.path);
    const impossible = { make: 'libtorrent', poisonedPieces: [1_000_000] } as const;
    const seeds = [{ make: 'aria2' }, impossible, { make: 'transmission' }] as const;
    await expect(startSwarm({ content, seeds })).rejects.toThrow('There is no piece 1000000');
    expect(await settledDiff(before)).toEqual({ resources: {}, descriptors: {}, children: {}, files: {} });
    expect(await readdir(folder.path)).toEqual([]);
  });
});
