import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RaffiError } from '../../errors.ts';
import { readContainerIndex } from './container-index.ts';
import { memorySource, sparseSource } from './testing/sparse-source.ts';

const run = (tool: string, args: string[]) =>
  promisify(execFile)(tool, args, { timeout: 30_000, killSignal: 'SIGKILL' });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raffi-index-'));
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=160x90:r=24:d=12',
    '-f',
    'lavfi',
    '-i',
    'sine=d=12:r=48000',
  ];
  const codecs = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-bf',
    '2',
    '-g',
    '48',
    '-b:v',
    '100k',
    '-c:a',
    'aac',
  ];
  await run('ffmpeg', ['-v', 'error', ...inputs, ...codecs, path.join(folder, 'base.mkv')]);
  for (const [name, args] of Object.entries(REMUXES)) {
    await run('ffmpeg', [
      '-v',
      'error',
      '-i',
      path.join(folder, 'base.mkv'),
      '-c',
      'copy',
      ...args,
      path.join(folder, name),
    ]);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const REMUXES: Record<string, string[]> = {
  'offset.mkv': ['-output_ts_offset', '5'],
  'cues-in-front.mkv': ['-reserve_index_space', '20000'],
  'no-cues.mkv': ['-live', '1'],
  'moov-at-end.mp4': [],
  'moov-in-front.mp4': ['-movflags', 'faststart'],
  'quicktime.mov': [],
  'cut.mp4': ['-ss', '3.3'],
  'mfra.mp4': ['-movflags', 'frag_keyframe+empty_moov'],
  'hybrid.mp4': ['-movflags', 'frag_keyframe'],
  'sidx.mp4': ['-movflags', 'dash+global_sidx+frag_keyframe+empty_moov'],
  'sidx-per-fragment.mp4': ['-movflags', 'dash+frag_keyframe+empty_moov+skip_trailer'],
  'audio.m4a': ['-vn'],
  'audio.mka': ['-vn'],
};
const WITH_VIDEO = ['base.mkv', ...Object.keys(REMUXES).filter((name) => !name.startsWith('audio'))];

const bytesOf = async (name: string) => new Uint8Array(await readFile(path.join(folder, name)));

describe('readContainerIndex agrees with ffprobe', () => {
  it.each(WITH_VIDEO)('%s', async (name) => {
    const index = await readContainerIndex(memorySource(await bytesOf(name)));
    const truth = await probe(name);
    expect(index.keyframes.map((k) => k.timeSeconds)).toEqual(truth.keyframes.map((t) => close(t, 0.0015)));
    expect(index.videoEndSeconds).toEqual(close(truth.end, 1 / 24));
    const offsets = index.keyframes.map((k) => k.offset);
    for (const [i, packetOffset] of truth.offsets.entries()) {
      // The place to read from: at the frame or a little before it, in its cluster or fragment, and behind the last one's.
      expect(offsets[i]).toBeLessThanOrEqual(packetOffset);
      expect(offsets[i]).toBeGreaterThan(truth.offsets[i - 1] ?? -1);
    }
  });

  it.each(['audio.m4a', 'audio.mka'])('%s', async (name) => {
    const index = await readContainerIndex(memorySource(await bytesOf(name)));
    expect(index.videoEndSeconds).toBeNull();
    expect(index.durationSeconds).toEqual(close(12, 0.1));
    expect(index.keyframes[0]?.timeSeconds).toBe(0);
    expect(index.keyframes.length).toBeGreaterThan(2);
  });
});

describe('requests', () => {
  it('a 20 GiB MP4 with moov at the end costs two', async () => {
    const { source, moovBytes } = await spread(20 * 1024 ** 3);
    const index = await readContainerIndex(source);
    expect(index.keyframes).toHaveLength(6);
    expect(source.fetched).toHaveLength(2);
    const fetched = source.fetched.reduce((sum, range) => sum + range.end - range.start, 0);
    expect(fetched - moovBytes).toBeLessThanOrEqual(300_000);
  });

  it('a large remote fragmented film without an index is refused', async () => {
    const bytes = await bytesOf('sidx-per-fragment.mp4');
    const source = sparseSource(bytes.length + 2 ** 30, [{ at: 0, bytes }]);
    await expect(readContainerIndex(source)).rejects.toMatchObject({ code: 'no_index' });
    expect(source.fetched.length).toBeLessThanOrEqual(3);
  });

  it('stop when the signal fires', async () => {
    const reason = new DOMException('enough', 'AbortError');
    await expect(
      readContainerIndex(memorySource(await bytesOf('base.mkv')), AbortSignal.abort(reason)),
    ).rejects.toBe(reason);
  });
});

describe('what is no film', () => {
  it.each([
    ['empty', new Uint8Array(0)],
    ['one byte', new Uint8Array([0x1a])],
    ['HTML', new TextEncoder().encode('<!doctype html><title>404</title>')],
    ['MPEG-TS', new Uint8Array(188 * 10).fill(0x47)],
  ])('%s has no index', async (_, bytes) => {
    await expect(readContainerIndex(memorySource(bytes))).rejects.toMatchObject({ code: 'no_index' });
  });

  it('an MP4 whose end is missing is damaged', async () => {
    const bytes = await bytesOf('moov-at-end.mp4');
    await expect(readContainerIndex(memorySource(bytes.subarray(0, 50_000)))).rejects.toMatchObject({
      code: 'media_damaged',
    });
  });

  it.each(['moov-in-front.mp4', 'mfra.mp4', 'cues-in-front.mkv', 'no-cues.mkv'])(
    '%s cut off is played as far as it goes',
    async (name) => {
      const bytes = await bytesOf(name);
      const index = await readContainerIndex(memorySource(bytes.subarray(0, bytes.length / 2)));
      expect(index.videoEndSeconds).toBeGreaterThan(3);
      expect(index.videoEndSeconds).toBeLessThan(9);
    },
  );

  it.each(['base.mkv', 'no-cues.mkv', 'moov-in-front.mp4', 'mfra.mp4', 'sidx.mp4', 'cut.mp4'])(
    '%s with broken bytes ends in an index or a coded error',
    async (name) => {
      const whole = await bytesOf(name);
      const places = structureOf(whole);
      const damage = fc.array(fc.tuple(fc.constantFrom(...places), fc.nat(40), fc.nat(255)), {
        minLength: 1,
        maxLength: 12,
      });
      await fc.assert(
        fc.asyncProperty(damage, fc.option(fc.nat(whole.length)), async (changes, cut) => {
          const bytes = whole.slice(0, cut ?? whole.length);
          for (const [place, delta, value] of changes)
            if (place + delta < bytes.length) bytes[place + delta] = value;
          const index = await readContainerIndex(memorySource(bytes)).catch((error: unknown) => error);
          if (index instanceof RaffiError) expect(['media_damaged', 'no_index']).toContain(index.code);
          else expect(index).toMatchObject({ keyframes: expect.arrayContaining([]) });
        }),
        { numRuns: 60 },
      );
    },
  );
});

interface Truth {
  /** Film time. */
  keyframes: number[];
  offsets: number[];
  end: number;
}

async function probe(name: string): Promise<Truth> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v:0', '-of', 'json'],
    ...['-show_entries', 'packet=pts_time,duration_time,flags,pos', path.join(folder, name)],
  ]);
  const { packets } = JSON.parse(stdout) as { packets: Record<string, string>[] };
  const frames = packets.map((p) => ({
    time: Number(p.pts_time),
    end: Number(p.pts_time) + Number(p.duration_time),
    offset: Number(p.pos),
    isKey: p.flags?.includes('K') ?? false,
    isHidden: p.flags?.includes('D') ?? false,
  }));
  const shown = frames.filter((frame) => !frame.isHidden);
  const origin = Math.min(...shown.map((frame) => frame.time));
  const keys = frames.filter((frame) => frame.isKey);
  // Of the keyframes that an edit list hides, the last one is where decoding begins.
  const used = keys.slice(Math.max(0, keys.filter((frame) => frame.time <= origin).length - 1));
  return {
    keyframes: used.map((frame, i) => (i === 0 ? 0 : frame.time - origin)),
    offsets: used.map((frame) => frame.offset),
    end: Math.max(...shown.map((frame) => frame.end)) - origin,
  };
}

function close(value: number, within: number) {
  return {
    asymmetricMatch: (other: unknown) => typeof other === 'number' && Math.abs(other - value) <= within,
    toString: () => `within ${within} of ${value}`,
  };
}

/** The film as a 20 GiB file: its `mdat` box goes on with nothing, `moov` stays at the end. */
async function spread(hole: number) {
  const bytes = await bytesOf('moov-at-end.mp4');
  const find = (type: string) => Buffer.from(bytes).indexOf(type) - 4;
  const [mdat, moov] = [find('mdat'), find('moov')];
  // ffmpeg leaves a `free` box of 8 bytes before `mdat`: room for a 64-bit size.
  const front = bytes.slice(0, moov);
  const view = new DataView(front.buffer);
  view.setUint32(mdat - 8, 1);
  front.set(new TextEncoder().encode('mdat'), mdat - 4);
  view.setBigUint64(mdat, BigInt(moov - mdat + 8 + hole));
  const tail = bytes.slice(moov);
  const parts = [
    { at: 0, bytes: front },
    { at: moov + hole, bytes: tail },
  ];
  return { source: sparseSource(bytes.length + hole, parts), moovBytes: tail.length };
}

/** Where damage hurts: at the names of boxes and elements, not in the pictures. */
function structureOf(bytes: Uint8Array): number[] {
  const buffer = Buffer.from(bytes);
  const names = [
    ...[
      'moov',
      'mvhd',
      'trak',
      'elst',
      'stts',
      'ctts',
      'stss',
      'stsc',
      'stsz',
      'stco',
      'moof',
      'tfhd',
      'tfdt',
    ],
    ...['trun', 'sidx', 'tfra', 'mfro', 'mdat', 'mdhd', 'hdlr', 'stbl'],
  ].map((name) => Buffer.from(name));
  const ids = [
    '114d9b74',
    '1549a966',
    '1654ae6b',
    '1c53bb6b',
    '1f43b675',
    '1254c367',
    'ae',
    'bb',
    'b7',
    'a3',
  ].map((id) => Buffer.from(id, 'hex'));
  const places = [0];
  for (const name of [...names, ...ids]) {
    for (let at = buffer.indexOf(name), n = 0; at >= 0 && n < 10; at = buffer.indexOf(name, at + 1), n++) {
      places.push(Math.max(0, at - 4));
    }
  }
  return places;
}
