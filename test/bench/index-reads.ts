import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readContainerIndex } from '../../src/probe/container-index/container-index.ts';
import { CacheBudget, openSource } from '../../src/source/index.ts';
import { film } from '../lab/media/index.ts';
import { startOrigin } from '../lab/origin/index.ts';
import type { Row } from './row.ts';

const GROUP = 'Index of a 20 GB film over HTTP';
const CUES = Buffer.from([0x1c, 0x53, 0xbb, 0x6b]);
const TAIL_BYTES = 4 * 1024 * 1024;

/** Requests and bytes that reading a very large film's index takes, the head included. */
export async function indexRows(): Promise<Row[]> {
  return [
    ...(await rowsOf('MKV', await film('huge-mkv'), cuesBytes)),
    ...(await rowsOf('MP4, moov at the end', await film('huge-mp4'), moovBytes)),
  ];
}

async function rowsOf(
  title: string,
  path: string,
  sizeOf: (path: string) => Promise<number>,
): Promise<Row[]> {
  const origin = await startOrigin({ files: { '/film': path } });
  const cacheDir = await mkdtemp(join(tmpdir(), 'raffi-index-'));
  const source = openSource(
    { kind: 'http', url: origin.url('/film') },
    { cacheDir, budget: new CacheBudget(1024 ** 3) },
  );
  try {
    await readContainerIndex(source);
    const beyond = (origin.log.totalBytes() - (await sizeOf(path))) / 1000;
    const common = { group: GROUP, baseline: null, runs: 1 };
    return [
      { ...common, name: title, unit: 'requests', ours: origin.log.requests().length, goal: { atMost: 3 } },
      { ...common, name: `${title}: beyond the index`, unit: 'KB', ours: beyond, goal: { atMost: 300 } },
    ];
  } finally {
    await source.close();
    await origin.close();
    await rm(cacheDir, { recursive: true, force: true });
  }
}

/** Size of the Cues at a Matroska file's end: ID, a size of any length, payload. */
async function cuesBytes(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    await file.read(tail, 0, tail.length, size - tail.length);
    const at = tail.lastIndexOf(CUES);
    const first = tail[at + 4] ?? 0;
    const length = Math.clz32(first) - 23;
    let payload = first & (0xff >> length);
    for (let i = 1; i < length; i++) payload = payload * 256 + (tail[at + 4 + i] ?? 0);
    return CUES.length + length + payload;
  } finally {
    await file.close();
  }
}

/** Size of an MP4's `moov`, by walking its top-level boxes. */
async function moovBytes(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const header = Buffer.alloc(16);
    for (let at = 0; at < size; ) {
      await file.read(header, 0, 16, at);
      const small = header.readUInt32BE(0);
      const length = small === 1 ? Number(header.readBigUInt64BE(8)) : small || size - at;
      if (header.toString('latin1', 4, 8) === 'moov') return length;
      at += length;
    }
    throw new Error('The MP4 has no moov.');
  } finally {
    await file.close();
  }
}
