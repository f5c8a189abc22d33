import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { film } from '../../../test/lab/media/index.ts';
import { MemorySource } from '../../../test/support/memory-source.ts';
import { Deferred } from '../../deferred.ts';
import { RaffiError } from '../../errors.ts';
import type { VideoTarget } from '../../plan/types.ts';
import type { AudioStream } from '../../probe/media-info.ts';
import { ColourTables } from '../tone-map/colour-tables.ts';
import { FfmpegTools } from '../tools.ts';
import { audioArguments } from './arguments.ts';
import { encodedAudioTrack } from './audio-track.ts';
import { createEncodedStore } from './encoded-store.ts';
import { X264 } from './encoders/families.ts';
import type { EncodedHeader } from './fragment-parser.ts';
import { isKilled } from './killed.ts';
import { PictureRuns } from './picture-run.ts';
import { encode } from './run.ts';
import { encoderSlots } from './slots.ts';

const TARGET = { codec: 'aac', sampleRate: 48_000, channels: 2, bitRate: 192_000 } as const;
const PICTURE: VideoTarget = {
  codec: 'h264',
  width: 320,
  height: 180,
  level: 30,
  maxBitRate: 1_000_000,
  preset: 'ultrafast',
  deinterlace: false,
  toneMap: false,
};
const SOUND = {
  position: 0,
  streamIndex: 1,
  codec: 'ac3',
  startSeconds: 0,
  sampleRate: 48_000,
} as AudioStream;
const FILM_SECONDS = 20;

let bytes: Buffer;
beforeAll(async () => {
  bytes = await readFile(await film('h264-ac3-mkv'));
});

let source: MemorySource;
let tools: FfmpegTools;
let folder: string;
let urls: string[];
beforeEach(async () => {
  source = new MemorySource(bytes);
  folder = await mkdtemp(join(tmpdir(), 'raffi-run-'));
  const found = new FfmpegTools();
  // The real one, which first tells its process id, for a test to kill it.
  const told = `#!/bin/sh\necho $$ >> "${join(folder, 'pids')}"\nexec "${await found.ffmpeg()}" "$@"\n`;
  await found.stop();
  await writeFile(join(folder, 'ffmpeg'), told, { mode: 0o755 });
  tools = new FfmpegTools({ ffmpegPath: join(folder, 'ffmpeg') });
  urls = [];
});
afterEach(async () => {
  expect(tools.children.running).toBe(0);
  expect(source.openStreams).toBe(0);
  const answers = await Promise.all(urls.map((url) => fetch(url).catch(() => undefined)));
  expect(answers.filter((answer) => answer?.ok)).toEqual([]);
  await tools.stop();
  await rm(folder, { recursive: true });
});

/** An encoder of the whole track, and what it said. */
function encoder(signal = new AbortController().signal) {
  const headers: EncodedHeader[] = [];
  const spec = {
    source,
    arguments: (url: string) => {
      urls.push(url);
      const input = { url, streamIndex: SOUND.streamIndex, originSeconds: 0, readFromSeconds: 0 };
      return audioArguments(input, TARGET, 0);
    },
  };
  return { headers, packets: encode(tools, spec, (header) => headers.push(header), signal) };
}

/** As the system does when memory runs out. */
async function killNewest(): Promise<void> {
  const pids = (await readFile(join(folder, 'pids'), 'utf8')).trim().split('\n');
  process.kill(Number(pids.at(-1)), 'SIGKILL');
}

describe('encode', () => {
  it('gives a track’s packets to its end, announced once and before the first', async () => {
    const { headers, packets } = encoder();
    const times: number[] = [];
    for await (const { ptsSeconds } of packets) {
      expect(headers).toHaveLength(1);
      times.push(ptsSeconds);
    }
    expect(headers[0]?.sampleEntry).toBe('mp4a');
    const first = times[0] ?? Number.NaN;
    for (const [n, time] of times.entries()) expect(time - first).toBeCloseTo((n * 1024) / 48_000, 4);
    expect(times.at(-1)).toBeGreaterThan(FILM_SECONDS - 0.1);
  });

  it('ends with who leaves in the middle', async () => {
    const { packets } = encoder();
    for await (const packet of packets) if (packet.ptsSeconds > 1) break;
    expect(tools.children.running).toBe(0);
  });

  it('ends with its signal, by its reason', async () => {
    const stop = new AbortController();
    const { packets } = encoder(stop.signal);
    await packets.next();
    stop.abort(new RaffiError('aborted', 'That is enough.'));
    await expect(drain(packets)).rejects.toThrow('That is enough.');
  });

  it('tells by encoder_failed that ffmpeg was killed', async () => {
    // Held back in the middle of the film, so that it is killed there.
    source.gate = (offset, signal) => (offset < bytes.length / 2 ? Promise.resolve() : untilAborted(signal));
    const { packets } = encoder();
    await packets.next();
    await killNewest();
    const failure = await drain(packets).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'encoder_failed' });
    expect(isKilled(failure)).toBe(true);
  });

  it('tells by encoder_failed what ffmpeg says of what is no film, without our private address', async () => {
    source = new MemorySource(Buffer.from('this is no film '.repeat(10_000)));
    const failure = await drain(encoder().packets).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'encoder_failed' });
    expect(isKilled(failure)).toBe(false);
    expect(String(failure)).toContain('Invalid data');
    expect(String(failure)).not.toContain('127.0.0.1');
  });

  it.each(['source_gone', 'source_timeout', 'source_changed'] as const)(
    'passes on %s as it is',
    async (code) => {
      const gone = new RaffiError(code, 'The source has a problem.');
      source.gate = (offset) => (offset < bytes.length / 2 ? Promise.resolve() : Promise.reject(gone));
      await expect(drain(encoder().packets)).rejects.toBe(gone);
    },
  );

  it('says what to install where there is no ffmpeg', async () => {
    await tools.stop();
    tools = new FfmpegTools({ ffmpegPath: '/no/such/ffmpeg' });
    await expect(drain(encoder().packets)).rejects.toMatchObject({ code: 'ffmpeg_missing' });
  });
});

describe('hardware', () => {
  it('is not given up for having been killed', async () => {
    source.gate = (offset, signal) => (offset < bytes.length / 2 ? Promise.resolve() : untilAborted(signal));
    const demoted: string[] = [];
    const pictureEncoder = {
      family: { ...X264, label: 'Hardware' },
      demote: (_: unknown, reason: string) => demoted.push(reason),
    };
    const runs = new PictureRuns({ tools, source, pictureEncoder });
    const run = {
      input: { streamIndex: 0, originSeconds: 0, readFromSeconds: 0 },
      target: PICTURE,
      cuts: { startSeconds: 0, endSeconds: FILM_SECONDS, keyframes: [0], frameSeconds: 1 / 24 },
      colourTable: async () => null,
    };
    const packets = runs.packets(run, () => {}, new AbortController().signal);
    await packets.next();
    await killNewest();
    await expect(drain(packets)).rejects.toSatisfy(isKilled);
    expect(demoted).toEqual([]);
  });
});

describe('a track whose encoder is killed', () => {
  it('goes on at the same place, with the same frames', async () => {
    const cuts = Array.from({ length: 11 }, (_, n) => n * 2);
    const held = new Deferred<void>();
    let holds = true;
    source.gate = (offset, signal) =>
      holds && offset > bytes.length / 2
        ? Promise.race([held.promise, untilAborted(signal)])
        : Promise.resolve();
    const track = encodedAudioTrack(
      {
        id: 'film',
        tools,
        colourTables: new ColourTables(folder),
        source,
        pictureEncoder: { family: X264, demote: () => {} },
        originSeconds: 0,
        cuts,
        firstSegment: () => 0,
        store: createEncodedStore(10_000_000),
        slots: encoderSlots(),
        now: () => performance.now(),
      },
      SOUND,
      TARGET,
    );
    await collect(track.packets(0));
    const last = collect(track.packets(9));
    const middle = collect(track.packets(6));
    holds = false;
    await killNewest();
    held.resolve();
    const [packets, before] = await Promise.all([last, middle]);
    const frames = [...before, ...packets].map(({ ptsSeconds }) => (ptsSeconds * 48_000) / 1024);
    for (const frame of frames) expect(Math.abs(frame - Math.round(frame))).toBeLessThan(1e-3);
    expect(packets.length).toBeGreaterThanOrEqual(93);
    expect(track.starts).toBeGreaterThan(1);
    track.close();
    await expect.poll(() => tools.children.running).toBe(0);
  });
});

async function collect<T>(packets: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const packet of packets) all.push(packet);
  return all;
}

async function drain(packets: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of packets);
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
}
