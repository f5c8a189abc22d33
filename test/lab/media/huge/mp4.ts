import { open, readFile } from 'node:fs/promises';
import { findBox } from '../edit-mp4.ts';
import * as layout from './layout.ts';

const FRAME_TICKS = 512;
const VIDEO_SCALE = FRAME_TICKS * 24;
const MOVIE_SCALE = 1000;
const FRAMES = layout.GOPS * layout.GOP_FRAMES;
/** Display matrix without rotation, 16.16 and 2.30 fixed point. */
const UNITY = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

/**
 * Writes a valid 20 GB MP4 film as a sparse file: full sample tables for two hours in a `moov` at the end, but sample data
 * only for some groups of pictures.
 */
export async function writeHugeMp4(path: string, [template = '']: string[]): Promise<void> {
  const source = await readFile(template);
  const frames = await layout.readTemplate(template);
  const ftyp = source.subarray(0, findBox(source, ['ftyp']).end);
  const dataStart = ftyp.length + 16;
  const moovAt = dataStart + layout.gopOffset(layout.GOPS);
  const tables = sampleTables(frames, dataStart);
  const stsd = (track: number) => {
    const found = findBox(source, ['moov', ['trak', track], 'mdia', 'minf', 'stbl', 'stsd']);
    return source.subarray(found.start, found.end);
  };
  const moov = box('moov', movieHeader(), videoTrack(tables, stsd(0)), audioTrack(tables, stsd(1)));

  const file = await open(path, 'w');
  try {
    await file.truncate(moovAt + moov.length);
    const mdat = Buffer.alloc(16);
    mdat.writeUInt32BE(1);
    mdat.write('mdat', 4);
    mdat.writeBigUInt64BE(BigInt(moovAt - ftyp.length), 8);
    await file.write(Buffer.concat([ftyp, mdat]), 0, undefined, 0);
    for (let gop = 0; gop < layout.GOPS; gop++) {
      if (!layout.isReal(gop)) continue;
      const video = Buffer.concat(layout.templateGop(frames, gop).map((frame) => frame.data));
      const { from, to } = layout.audioFramesOf(gop);
      const audio = Array.from({ length: to - from }, (_, index) =>
        layout.templateAudio(frames, from + index),
      );
      await file.write(video, 0, undefined, tables.videoChunks[gop]);
      await file.write(Buffer.concat(audio), 0, undefined, tables.audioChunks[gop]);
    }
    await file.write(moov, 0, undefined, moovAt);
  } finally {
    await file.close();
  }
}

interface Tables {
  videoSizes: number[];
  audioSizes: number[];
  /** One chunk of each kind per group, video first. */
  videoChunks: number[];
  audioChunks: number[];
  audioPerChunk: number[];
  /** Presentation minus decode time, ticks, delay included. */
  offsets: number[];
  /** Decode-time delay of the reordering, ticks: hidden by the edit list. */
  delay: number;
}

function sampleTables(template: layout.Template, dataStart: number): Tables {
  const tables: Tables = {
    videoSizes: [],
    audioSizes: [],
    videoChunks: [],
    audioChunks: [],
    audioPerChunk: [],
    offsets: [],
    delay: Math.max(...template.gops.flat().map((_, index) => reorder(template, index))) * FRAME_TICKS,
  };
  for (let gop = 0; gop < layout.GOPS; gop++) {
    const start = dataStart + layout.gopOffset(gop);
    const room = dataStart + layout.gopOffset(gop + 1) - start;
    const real = layout.isReal(gop);
    const { from, to } = layout.audioFramesOf(gop);
    const audio = Array.from(
      { length: to - from },
      (_, index) => layout.templateAudio(template, from + index).length,
    );
    const forVideo = room - audio.reduce((sum, size) => sum + size, 0);
    // Where there are no frames: a keyframe eight times as large as the rest, and the rest uneven.
    const unit = forVideo / (layout.GOP_FRAMES + 8);
    const video = layout
      .templateGop(template, gop)
      .map(({ data }, index) =>
        real ? data.length : Math.floor(unit * (index === 0 ? 8 : 0.6 + ((index * 7) % 5) / 7)),
      );
    tables.videoChunks.push(start);
    tables.audioChunks.push(start + video.reduce((sum, size) => sum + size, 0));
    tables.videoSizes.push(...video);
    tables.audioSizes.push(...audio);
    tables.audioPerChunk.push(to - from);
    const ranks = layout.templateGop(template, gop).map(({ rank }) => rank);
    tables.offsets.push(...ranks.map((rank, index) => (rank - index) * FRAME_TICKS + tables.delay));
  }
  return tables;
}

/** How many frames the template's frame (counted over all groups) is decoded later than its presentation order would have it. */
function reorder(template: layout.Template, index: number): number {
  const gop = template.gops[Math.floor(index / layout.GOP_FRAMES)] ?? [];
  const place = index % layout.GOP_FRAMES;
  return place - (gop[place]?.rank ?? place);
}

function videoTrack(tables: Tables, stsd: Buffer): Buffer {
  const keys = Array.from({ length: layout.GOPS }, (_, gop) => gop * layout.GOP_FRAMES + 1);
  const stbl = box(
    'stbl',
    stsd,
    full('stts', 0, u32(1, FRAMES, FRAME_TICKS)),
    full('ctts', 0, runs(tables.offsets)),
    full('stss', 0, list(keys.length, keys)),
    full('stsc', 0, u32(1, 1, layout.GOP_FRAMES, 1)),
    full('stsz', 0, u32(0), list(tables.videoSizes.length, tables.videoSizes)),
    full('co64', 0, u32(tables.videoChunks.length), u64(tables.videoChunks)),
  );
  const header = full('vmhd', 1, Buffer.alloc(8));
  return track(
    1,
    FRAMES * FRAME_TICKS,
    VIDEO_SCALE,
    { width: 320, height: 180 },
    tables.delay,
    'vide',
    header,
    stbl,
  );
}

function audioTrack(tables: Tables, stsd: Buffer): Buffer {
  const perChunk = tables.audioPerChunk.flatMap((count, chunk) =>
    count === tables.audioPerChunk[chunk - 1] ? [] : [chunk + 1, count, 1],
  );
  const stbl = box(
    'stbl',
    stsd,
    full('stts', 0, u32(1, layout.AUDIO_FRAMES, layout.AUDIO_FRAME_SAMPLES)),
    full('stsc', 0, list(perChunk.length / 3, perChunk)),
    full('stsz', 0, u32(0), list(tables.audioSizes.length, tables.audioSizes)),
    full('co64', 0, u32(tables.audioChunks.length), u64(tables.audioChunks)),
  );
  const duration = layout.AUDIO_FRAMES * layout.AUDIO_FRAME_SAMPLES;
  const header = full('smhd', 0, Buffer.alloc(4));
  return track(2, duration, layout.AUDIO_RATE, { width: 0, height: 0 }, 0, 'soun', header, stbl);
}

function track(
  id: number,
  duration: number,
  scale: number,
  size: { width: number; height: number },
  mediaTime: number,
  handler: 'vide' | 'soun',
  mediaHeader: Buffer,
  stbl: Buffer,
): Buffer {
  const movieDuration = Math.round((duration / scale) * MOVIE_SCALE);
  const volume = handler === 'soun' ? 0x01000000 : 0;
  const tkhd = u32(
    0,
    0,
    id,
    0,
    movieDuration,
    0,
    0,
    0,
    volume,
    ...UNITY,
    size.width * 65536,
    size.height * 65536,
  );
  const dinf = box('dinf', full('dref', 0, u32(1), full('url ', 1)));
  // Language "und", packed (ISO/IEC 14496-12 §8.4.2.3).
  const mdhd = u32(0, 0, scale, duration, 0x55c40000);
  const hdlr = Buffer.concat([u32(0), Buffer.from(handler), u32(0, 0, 0), Buffer.from([0])]);
  return box(
    'trak',
    full('tkhd', 3, tkhd),
    box('edts', full('elst', 0, u32(1, movieDuration, mediaTime, 0x10000))),
    box('mdia', full('mdhd', 0, mdhd), full('hdlr', 0, hdlr), box('minf', mediaHeader, dinf, stbl)),
  );
}

function movieHeader(): Buffer {
  const duration = layout.FILM_SECONDS * MOVIE_SCALE;
  return full(
    'mvhd',
    0,
    u32(0, 0, MOVIE_SCALE, duration, 0x10000, 0x01000000, 0, 0, ...UNITY, 0, 0, 0, 0, 0, 0, 3),
  );
}

/** Run-length pairs behind their count. */
function runs(values: number[]): Buffer {
  const pairs: number[] = [];
  for (const value of values) {
    if (pairs.length > 0 && pairs.at(-1) === value) pairs[pairs.length - 2] = (pairs.at(-2) ?? 0) + 1;
    else pairs.push(1, value);
  }
  return list(pairs.length / 2, pairs);
}

function box(type: string, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

function full(type: string, flags: number, ...parts: Uint8Array[]): Buffer {
  return box(type, u32(flags), ...parts);
}

function u32(...values: number[]): Buffer {
  return u32s(values);
}

/** A table: its count of entries, then their values. Too many for an argument list. */
function list(count: number, values: number[]): Buffer {
  return u32s([count, ...values]);
}

function u32s(values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

function u64(values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64BE(BigInt(value), index * 8);
  return bytes;
}
