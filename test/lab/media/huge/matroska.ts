import { open, readFile } from 'node:fs/promises';
import { readElement } from '../edit-matroska.ts';
import * as layout from './layout.ts';

const ID = {
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  void: 0xec,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
  cueRelativePosition: 0xf0,
} as const;

/** Room for SeekHead, Info and Tracks before the first cluster, as muxers reserve it. */
const HEAD_BYTES = 8192;
const FRAME_MS = 1000 / 24;

/**
 * Writes a valid 20 GB Matroska film as a sparse file: every cluster is there and named by a cue, but only some hold frames;
 * the rest of each cluster is Void. Cues lie at the end.
 */
export async function writeHugeMatroska(path: string, [template = '']: string[]): Promise<void> {
  const head = await readFile(template);
  const frames = await layout.readTemplate(template);
  const ebml = head.subarray(0, readElement(head, 0).end);
  const segmentBody = readElement(head, ebml.length).body;
  const tracks = findTracks(head, segmentBody);

  const segmentStart = ebml.length + 12;
  const firstCluster = segmentStart + HEAD_BYTES;
  const cuesAt = firstCluster + layout.gopOffset(layout.GOPS);
  const clusters = Array.from({ length: layout.GOPS }, (_, gop) => firstCluster + layout.gopOffset(gop));
  const cues = element(ID.cues, ...clusters.map((at, gop) => cuePoint(gop, at - segmentStart)));
  const info = element(
    ID.info,
    unsigned(ID.timestampScale, 1_000_000),
    element(ID.muxingApp, Buffer.from('Raffi lab')),
    element(ID.writingApp, Buffer.from('Raffi lab')),
    float(ID.duration, layout.FILM_SECONDS * 1000),
  );
  const seekHeadBytes = seekHead({ info: 0, tracks: 0, cues: 0 }).length;
  const start = seekHead({
    info: seekHeadBytes,
    tracks: seekHeadBytes + info.length,
    cues: cuesAt - segmentStart,
  });
  const front = Buffer.concat([start, info, tracks]);

  const file = await open(path, 'w');
  try {
    await file.truncate(cuesAt + cues.length);
    const segment = header(ID.segment, cuesAt + cues.length - segmentStart);
    const filler = header(ID.void, HEAD_BYTES - front.length - 9);
    await file.write(Buffer.concat([ebml, segment, front, filler]), 0, undefined, 0);
    for (const [gop, at] of clusters.entries()) {
      const end = clusters[gop + 1] ?? cuesAt;
      await file.write(cluster(frames, gop, end - at), 0, undefined, at);
    }
    await file.write(cues, 0, undefined, cuesAt);
  } finally {
    await file.close();
  }
}

/** A cluster of exactly `size` bytes: header, frames if it has any, and the header of the Void that fills it. */
function cluster(template: layout.Template, gop: number, size: number): Buffer {
  const parts = [header(ID.cluster, size - 12), clusterTime(gop)];
  if (layout.isReal(gop)) parts.push(...blocks(template, gop));
  const used = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...parts, header(ID.void, size - used - 9)]);
}

function blocks(template: layout.Template, gop: number): Buffer[] {
  const start = gop * layout.GOP_SECONDS * 1000;
  const video = layout.templateGop(template, gop).map(({ data, rank }, index) => ({
    // Interleaved by decode time.
    order: index * FRAME_MS,
    block: block(1, Math.round(rank * FRAME_MS), index === 0, data),
  }));
  const { from, to } = layout.audioFramesOf(gop);
  const audio = Array.from({ length: to - from }, (_, index) => {
    const frame = from + index;
    const ms = (frame * layout.AUDIO_FRAME_SAMPLES * 1000) / layout.AUDIO_RATE - start;
    return { order: ms, block: block(2, Math.round(ms), true, layout.templateAudio(template, frame)) };
  });
  return [...video, ...audio].sort((a, b) => a.order - b.order).map(({ block }) => block);
}

function block(track: number, relativeMs: number, isKey: boolean, data: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head[0] = 0x80 | track;
  head.writeInt16BE(relativeMs, 1);
  head[3] = isKey ? 0x80 : 0;
  return element(ID.simpleBlock, head, data);
}

/** On a fixed width, so that the first block's place in every cluster is known. */
function clusterTime(gop: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(gop * layout.GOP_SECONDS * 1000);
  return element(ID.timestamp, value);
}

function cuePoint(gop: number, position: number): Buffer {
  return element(
    ID.cuePoint,
    unsigned(ID.cueTime, gop * layout.GOP_SECONDS * 1000),
    element(
      ID.cueTrackPositions,
      unsigned(ID.cueTrack, 1),
      unsigned(ID.cueClusterPosition, position),
      unsigned(ID.cueRelativePosition, clusterTime(gop).length),
    ),
  );
}

function seekHead(positions: { info: number; tracks: number; cues: number }): Buffer {
  const seeks = (['info', 'tracks', 'cues'] as const).map((name) => {
    const position = Buffer.alloc(8);
    position.writeBigUInt64BE(BigInt(positions[name]));
    return element(ID.seek, element(ID.seekId, idBytes(ID[name])), element(ID.seekPosition, position));
  });
  return element(ID.seekHead, ...seeks);
}

function findTracks(bytes: Buffer, from: number): Buffer {
  for (let at = from; at < bytes.length; ) {
    const found = readElement(bytes, at);
    if (found.id === ID.tracks) return bytes.subarray(at, found.end);
    at = found.end;
  }
  throw new Error('The template has no Tracks');
}

function element(id: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = [1, 2, 3, 4].find((bytes) => body.length < 2 ** (7 * bytes) - 1) ?? 8;
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(body.length) | (1n << BigInt(7 * length)));
  return Buffer.concat([idBytes(id), size.subarray(8 - length), body]);
}

/** An element's ID and its size on eight bytes; the body is somewhere else. */
function header(id: number, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE((1n << 56n) | BigInt(size));
  return Buffer.concat([idBytes(id), bytes]);
}

function unsigned(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  const first = bytes.findIndex((byte) => byte !== 0);
  return element(id, bytes.subarray(first < 0 ? 7 : first));
}

function float(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(id, bytes);
}

function idBytes(id: number): Buffer {
  const hex = id.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}
