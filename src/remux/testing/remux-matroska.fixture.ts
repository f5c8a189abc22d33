import { deflateSync } from 'node:zlib';
import { readBlockHeader } from '../../probe/container-index/block.ts';
import {
  children,
  type EbmlElement,
  elements,
  ID,
  payload,
  unsigned,
} from '../../probe/container-index/ebml.ts';
import { element, openElement, simpleBlock, unsignedElement } from './matroska-bytes.fixture.ts';

export interface MatroskaLayout {
  lacing: 'none' | 'xiph' | 'fixed' | 'ebml';
  /** Frames per audio block. */
  frames: number;
  /** How far audio lies before the video of its time in the file. */
  audioLeadMs: number;
  compression?: 'stripped' | 'zlib';
  unknownSizes?: boolean;
}

interface Frame {
  track: number;
  ms: number;
  isKey: boolean;
  data: Uint8Array;
}

const VIDEO = 1;
const AUDIO = 2;

/** A film of ffmpeg's muxer laid out as another muxer might: the same frames and times, without Cues. */
export function remuxMatroska(film: Uint8Array, layout: MatroskaLayout): Buffer {
  const top = [...elements(film)];
  const segment = top.find(({ id }) => id === ID.Segment);
  if (!segment) throw new Error('not a Matroska film');
  const parts = [...children(film, segment)];
  const head = top
    .filter(({ id }) => id === ID.EBML)
    .map((part) => film.subarray(part.start, part.dataStart + (part.size ?? 0)));
  const info = parts.filter(({ id }) => id === ID.Info).map((part) => whole(film, part));
  const tracks = parts.find(({ id }) => id === ID.Tracks);
  if (!tracks) throw new Error('no tracks');
  const body = [...info, tracksElement(film, tracks, layout), ...clusters(framesOf(film, parts), layout)];
  return Buffer.concat([...head, openElement(ID.Segment), ...body]);
}

function whole(film: Uint8Array, part: EbmlElement): Uint8Array {
  return film.subarray(part.start, part.dataStart + (part.size ?? 0));
}

function tracksElement(film: Uint8Array, tracks: EbmlElement, layout: MatroskaLayout): Buffer {
  const entries = [...children(film, tracks)].filter(({ id }) => id === ID.TrackEntry);
  return element(
    ID.Tracks,
    ...entries.map((entry) => element(ID.TrackEntry, payload(film, entry), encodings(layout))),
  );
}

function encodings({ compression }: MatroskaLayout): Buffer {
  if (!compression) return Buffer.alloc(0);
  const settings = compression === 'stripped' ? [element(ID.ContentCompSettings, [])] : [];
  const algorithm = unsignedElement(ID.ContentCompAlgo, compression === 'stripped' ? 3 : 0);
  return element(
    ID.ContentEncodings,
    element(ID.ContentEncoding, element(ID.ContentCompression, algorithm, ...settings)),
  );
}

function framesOf(film: Uint8Array, parts: readonly EbmlElement[]): Frame[] {
  const frames: Frame[] = [];
  for (const cluster of parts.filter(({ id }) => id === ID.Cluster)) {
    let time = 0;
    for (const child of children(film, cluster)) {
      if (child.id === ID.Timestamp) time = unsigned(film, child);
      const block =
        child.id === ID.BlockGroup ? [...children(film, child)].find(({ id }) => id === ID.Block) : child;
      if (!block || (child.id !== ID.SimpleBlock && child.id !== ID.BlockGroup)) continue;
      const header = readBlockHeader(film, block);
      if (typeof header === 'string') throw new Error('damaged block');
      const isKey =
        child.id === ID.SimpleBlock
          ? header.isKey
          : ![...children(film, child)].some(({ id }) => id === ID.ReferenceBlock);
      const data = film.subarray(header.dataStart, block.dataStart + (block.size ?? 0));
      frames.push({ track: header.trackNumber, ms: time + header.relativeTimestamp, isKey, data });
    }
  }
  return frames;
}

function clusters(frames: readonly Frame[], layout: MatroskaLayout): Buffer[] {
  const squeeze = (data: Uint8Array) => (layout.compression === 'zlib' ? deflateSync(data) : data);
  const video = frames.filter(({ track }) => track === VIDEO);
  const audio = frames.filter(({ track }) => track === AUDIO);
  const blocks = video.map((frame) => ({ order: 0, ms: frame.ms, isCut: frame.isKey, frames: [frame] }));
  // In decode order, a video frame lies where the latest time before it says.
  let now = 0;
  for (const block of blocks) {
    now = block.isCut ? block.ms : Math.max(now, block.ms);
    block.order = now;
  }
  for (let i = 0; i < audio.length; i += layout.frames) {
    const group = audio.slice(i, i + layout.frames);
    const ms = group[0]?.ms ?? 0;
    blocks.push({ order: ms - layout.audioLeadMs - 0.5, ms, isCut: false, frames: group });
  }
  const sorted = blocks
    .map((block, i) => ({ block, i }))
    .sort((a, b) => a.block.order - b.block.order || a.i - b.i);
  const out: Buffer[][] = [];
  let base = 0;
  for (const { block } of sorted) {
    if (block.isCut || out.length === 0) {
      base = block.ms;
      out.push([unsignedElement(ID.Timestamp, base)]);
    }
    const [first] = block.frames;
    const lacing = block.frames.length > 1 ? layout.lacing : 'none';
    out.at(-1)?.push(
      simpleBlock({
        track: first?.track ?? VIDEO,
        time: block.ms - base,
        isKey: first?.isKey ?? true,
        lacing,
        frames: block.frames.map(({ data }) => squeeze(data)),
      }),
    );
  }
  return out.map((parts) =>
    layout.unknownSizes ? Buffer.concat([openElement(ID.Cluster), ...parts]) : element(ID.Cluster, ...parts),
  );
}
