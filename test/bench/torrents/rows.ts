import { once } from 'node:events';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TorrentStatus } from '../../../src/torrent/status.ts';
import { film } from '../../lab/media/index.ts';
import { type SeedOptions, type Swarm, startSwarm } from '../../lab/swarm/swarm.ts';
import { randomNumbers } from '../../support/random.ts';
import { baselineStart } from '../baseline.ts';
import { startChild } from '../child.ts';
import { CoreClient, urisOf } from '../core-client.ts';
import { residentBytes } from '../resources.ts';
import { type Goal, medians, type Row, timed } from '../row.ts';
import { RangeReader } from './range-reader.ts';
import { seedZeros } from './seeds.ts';
import { WebtorrentServer } from './webtorrent-server.ts';

const GROUP = 'Torrents, peers on this computer';
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** 24 Mb/s in all. */
const LINK_BYTES_PER_SECOND = 3_000_000;
const SEEDS = 3;
/** Read before each seek, so that peers are asked for as much as they ever are. */
const PLAYED_MS = 1_500;
/** Before the first seek: a film has played for a moment, and who downloads it knows its peers. */
const SETTLING_MS = 5_000;
const POLL_MS = 5;
const LATENCY_READS = 4;

/** Torrents against webtorrent's own server, with the same seeds in the same run. */
export async function torrentRows(core: CoreClient, runs: number): Promise<Row[]> {
  await using server = await WebtorrentServer.start();
  return [
    ...(await startRows(core, server, null, Math.min(runs, 5))),
    ...(await startRows(core, server, LINK_BYTES_PER_SECOND, Math.min(runs, 3))),
    await seekRow(core, server, MIB, runs),
    await seekRow(core, server, 4 * MIB, Math.min(runs, 7)),
    await togetherRow(core),
    ...(await throughputRows(core, server)),
    await memoryRow(),
  ];
}

/** Opening a magnet link → what the torrent holds, → the first segment. */
async function startRows(
  core: CoreClient,
  server: WebtorrentServer,
  limit: number | null,
  runs: number,
): Promise<Row[]> {
  await using swarm = await filmSwarm(limit);
  const magnet = addressed(swarm);
  const metadata = { ours: [] as number[], baseline: [] as number[] };
  const segment = { ours: [] as number[], baseline: [] as number[] };
  for (let run = 0; run < runs; run += 1) {
    const startedMs = performance.now();
    const session = await core.open(magnet);
    const playlist = core.text(`/sessions/${session}/stream`);
    await isDescribed(core, swarm.infoHash);
    metadata.ours.push(performance.now() - startedMs);
    await core.drain(urisOf(await playlist)[0] ?? '');
    segment.ours.push(performance.now() - startedMs);
    await core.close(session);

    const beganMs = performance.now();
    const { metadataMs, url } = await server.add(magnet);
    metadata.baseline.push(metadataMs);
    await baselineStart(url.href, 0);
    segment.baseline.push(performance.now() - beganMs);
    await server.remove();
  }
  const link = limit === null ? 'unlimited' : '24 Mb/s';
  const rows = [
    row(`magnet → first segment, ${link}, 1 MiB pieces`, 'ms', segment, { atMost: limit ? 3_000 : 1_500 }),
  ];
  if (limit === null) rows.unshift(row('magnet → description', 'ms', metadata, { atMost: 1_000 }));
  return rows;
}

/** A seek while the film is read, to bytes that nobody has → the first of them. */
async function seekRow(
  core: CoreClient,
  server: WebtorrentServer,
  pieceBytes: number,
  runs: number,
): Promise<Row> {
  const sizeBytes = 2 * GIB;
  const seeds = Array.from({ length: SEEDS }, () => LINK_BYTES_PER_SECOND / SEEDS);
  await using zeros = await seedZeros({ sizeBytes, pieceBytes, seeds });
  const session = await core.open(zeros.magnet);
  await core.text(`/sessions/${session}`);
  const ours = await seeks(new URL(`/torrents/${zeros.infoHash}/0`, core.baseUrl), sizeBytes, runs);
  await core.close(session);
  const { url } = await server.add(zeros.magnet);
  const baseline = await seeks(url, sizeBytes, runs);
  await server.remove();
  const pieceMs = (pieceBytes / LINK_BYTES_PER_SECOND) * 1000;
  const goal: Goal =
    pieceBytes === MIB ? { atMost: 450, timesFaster: 1.5 } : { atMost: Math.round(pieceMs + 200) };
  return row(`seek to cold bytes at 24 Mb/s, ${pieceBytes / MIB} MiB pieces`, 'ms', { ours, baseline }, goal);
}

async function seeks(url: URL, sizeBytes: number, runs: number): Promise<number[]> {
  const random = randomNumbers(5);
  const waits: number[] = [];
  const step = Math.floor(sizeBytes / (runs + 2));
  let reader = new RangeReader(url, 0);
  await reader.firstByteMs;
  await delay(SETTLING_MS);
  for (let run = 1; run <= runs; run += 1) {
    await delay(PLAYED_MS);
    reader.stop();
    // Later seeks are not reached by what earlier ones read.
    reader = new RangeReader(url, Math.floor((run + 0.3 + 0.5 * random()) * step));
    waits.push(await reader.firstByteMs);
  }
  reader.stop();
  return waits;
}

/** A film is played at four times its speed while another torrent comes in as fast as it can. */
async function togetherRow(core: CoreClient): Promise<Row> {
  await using swarm = await filmSwarm(null);
  await using other = await seedZeros({ sizeBytes: 2 * GIB, pieceBytes: MIB, seeds: [null] });
  const film = await core.open(addressed(swarm));
  const uris = urisOf(await core.text(`/sessions/${film}/stream`));
  const loud = await core.open(other.magnet);
  await core.text(`/sessions/${loud}`);
  const reader = new RangeReader(new URL(`/torrents/${other.infoHash}/0`, core.baseUrl), 0);
  await reader.firstByteMs;
  let longestMs = 0;
  for (const uri of uris.slice(0, 10)) {
    const waitedMs = await timed(() => core.drain(uri));
    longestMs = Math.max(longestMs, waitedMs);
    await delay(Math.max(0, 1_000 - waitedMs));
  }
  reader.stop();
  await Promise.all([core.close(film), core.close(loud)]);
  const figures = { ours: [longestMs], baseline: null };
  return row('longest wait for a segment while another torrent comes in', 'ms', figures, { atMost: 1_000 });
}

/** As fast as it goes; and, in reads of their own, how quickly the core answers meanwhile. */
async function throughputRows(core: CoreClient, server: WebtorrentServer): Promise<Row[]> {
  await using zeros = await seedZeros({ sizeBytes: 2 * GIB, pieceBytes: MIB, seeds: [null] });
  const ourSpeed = async () => {
    const session = await core.open(zeros.magnet);
    await core.text(`/sessions/${session}`);
    const speed = await speedOf(new URL(`/torrents/${zeros.infoHash}/0`, core.baseUrl));
    await core.close(session);
    return speed;
  };
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    ours.push(await ourSpeed());
    const { url } = await server.add(zeros.magnet);
    baseline.push(await speedOf(url));
    await server.remove();
  }
  const { child: latency } = await startChild('torrents/latency-process.ts', [core.baseUrl]);
  // Several: in one there are so few answers that the third slowest is the figure.
  for (let run = 0; run < LATENCY_READS; run += 1) await ourSpeed();
  latency.send('end');
  const [{ p99Ms }] = (await once(latency, 'message')) as [{ p99Ms: number }];
  return [
    row('download without limit', 'MB/s', { ours, baseline }, { atLeast: 126, timesFaster: 0.9 }),
    row('p99 of the core’s answers meanwhile', 'ms', { ours: [p99Ms], baseline: null }, { atMost: 20 }),
  ];
}

/** MB/s of reading half a gigabyte. */
async function speedOf(url: URL): Promise<number> {
  const size = 512 * MIB;
  const reader = new RangeReader(url, 0, size);
  await reader.firstByteMs;
  const startedMs = performance.now();
  const early = reader.received;
  while (reader.received < size) await delay(POLL_MS);
  return (size - early) / 1e3 / (performance.now() - startedMs);
}

/** The largest resident set of a core while it reads a torrent of 20 GB, in order and here and there. */
async function memoryRow(): Promise<Row> {
  const sizeBytes = 20 * GIB;
  await using zeros = await seedZeros({ sizeBytes, pieceBytes: 4 * MIB, seeds: [null] });
  const core = await CoreClient.start();
  const random = randomNumbers(6);
  let peak = 0;
  const session = await core.open(zeros.magnet);
  await core.text(`/sessions/${session}`);
  const url = new URL(`/torrents/${zeros.infoHash}/0`, core.baseUrl);
  for (let seek = 0; seek < 20; seek += 1) {
    const reader = new RangeReader(url, seek === 0 ? 0 : Math.floor(random() * sizeBytes));
    await reader.firstByteMs;
    for (let poll = 0; poll < (seek === 0 ? 40 : 6); poll += 1) {
      peak = Math.max(peak, await residentBytes(core.pid));
      await delay(50);
    }
    reader.stop();
  }
  await core.stop();
  const figures = { ours: [peak / 1e6], baseline: null };
  return row('core RSS, a torrent of 20 GB', 'MB', figures, { atMost: 250 });
}

async function filmSwarm(limit: number | null): Promise<Swarm> {
  const path = await film('bench-gop2-mkv');
  const seed: SeedOptions =
    limit === null ? { make: 'libtorrent' } : { make: 'libtorrent', uploadBytesPerSecond: limit / SEEDS };
  return startSwarm({
    content: { files: { [basename(path)]: path } },
    seeds: Array.from({ length: limit === null ? 1 : SEEDS }, () => seed),
    pieceLengthBytes: MIB,
    tracker: false,
  });
}

function addressed({ bareMagnet, peerAddresses }: Swarm): string {
  return bareMagnet + peerAddresses.map((address) => `&x.pe=${address}`).join('');
}

async function isDescribed(core: CoreClient, infoHash: string): Promise<void> {
  for (;;) {
    const { piecesTotal } = JSON.parse(await core.text(`/torrents/${infoHash}/status`)) as TorrentStatus;
    if (piecesTotal > 0) return;
    await delay(POLL_MS);
  }
}

function row(
  name: string,
  unit: Row['unit'],
  { ours, baseline }: { ours: number[]; baseline: number[] | null },
  goal: Goal,
): Row {
  return { group: GROUP, name, unit, goal, ...medians(ours, baseline) };
}
