import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { film } from '../lab/media/index.ts';
import { type CoreClient, urisOf } from './core-client.ts';
import { median, type Row } from './row.ts';

const GROUP = 'Resources';
const DIRECT_BYTES = 1024 ** 3;

/** The core's largest resident set while a 40 Mb/s film is played through, as fast as segments come. */
export async function memoryRow(core: CoreClient): Promise<Row> {
  const session = await core.open(await film('bench-40m-mkv'));
  const playlists = await Promise.all(
    ['v0', 'a0'].map((rendition) => core.text(`/sessions/${session}/hls/${rendition}/playlist.m3u8`)),
  );
  const [video = [], audio = []] = playlists.map(urisOf);
  let peak = 0;
  for (const [index, uri] of video.entries()) {
    await Promise.all([core.drain(uri), core.drain(audio[index] ?? uri)]);
    peak = Math.max(peak, await residentBytes(core.pid));
  }
  await core.close(session);
  return {
    group: GROUP,
    name: 'core RSS, playing a 40 Mb/s file',
    unit: 'MB',
    ours: peak / 1e6,
    baseline: null,
    goal: { atMost: 200 },
    runs: 1,
  };
}

/** Direct play of a local file over loopback. */
export async function directRow(core: CoreClient, runs: number): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'raffi-direct-'));
  try {
    const path = join(folder, 'film.mp4');
    const file = await open(path, 'w');
    await file.truncate(DIRECT_BYTES);
    await file.close();
    const session = await core.open(path);
    const speeds: number[] = [];
    for (let run = 0; run < runs; run++) {
      const startedMs = performance.now();
      const count = await core.drain(`/sessions/${session}/direct`);
      speeds.push(count / 1e3 / (performance.now() - startedMs));
    }
    await core.close(session);
    return {
      group: GROUP,
      name: 'direct play on loopback',
      unit: 'MB/s',
      ours: median(speeds),
      baseline: null,
      goal: { atLeast: 400 },
      runs,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the kernel where it tells (Linux), else 0. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}
