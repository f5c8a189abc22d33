import { MAX_TRACKS } from '../main-track.ts';
import { boxes, descendant, FullBox } from './boxes.ts';

/** What `moov` says, without the samples. */
export interface Movie {
  tracks: MovieTrack[];
  /** It announces fragments (`mvex`). */
  isFragmented: boolean;
  /** Its own duration, seconds; null when unknown or written as 0. */
  durationSeconds: number | null;
}

export interface MovieTrack {
  id: number;
  kind: 'video' | 'audio' | 'subtitle' | 'other';
  isPicture: boolean;
  /** Of its first sample entry, four characters; empty when it has none. */
  format: string;
  /** Ticks per second. */
  timescale: number;
  edit: Edit;
  /** The payload of `stbl`. */
  sampleTable: FullBox | null;
  bytes: Uint8Array;
  /** Defaults for fragments' samples (`trex`). */
  defaultDuration: number;
  defaultFlags: number;
  defaultSize: number;
}

/**
 * How media time maps to presentation time: `(media - mediaTime) / timescale + delaySeconds`. Of several edits only the first counts,
 * as in the packet reader (mediabunny): films with more are rare and nobody's copy path can honour them.
 */
export interface Edit {
  /** Track ticks. */
  mediaTime: number;
  /** Empty edits before it. */
  delaySeconds: number;
  /** How long it lasts; null when to the end. */
  durationSeconds: number | null;
}

/** Reads a whole `moov` box that has passed `assertSampleTables`; null when it has no usable header. */
export function readMovie(bytes: Uint8Array, moov: { dataStart: number; end: number }): Movie | null {
  const mvhd = descendant(bytes, moov, 'mvhd');
  if (!mvhd) return null;
  const isLong = mvhd.version === 1;
  const timescale = mvhd.u32(isLong ? 20 : 12);
  const duration = isLong ? mvhd.u64(24) : mvhd.u32(16);
  const isUnknown = duration === 0 || (!isLong && duration === 0xffffffff);
  const mvex = descendant(bytes, moov, 'mvex');
  const defaults = mvex ? readDefaults(bytes, mvex) : new Map<number, FullBox>();
  const tracks: MovieTrack[] = [];
  const chapterTracks = new Set<number>();
  for (const box of boxes(bytes, moov.dataStart, moov.end)) {
    if (box.type !== 'trak') continue;
    const track = readTrack(bytes, box, timescale, defaults);
    if (track) tracks.push(track);
    for (const id of chapterReferences(bytes, box)) chapterTracks.add(id);
  }
  return {
    // QuickTime keeps chapter pictures as a video track.
    tracks: tracks.filter((track) => !chapterTracks.has(track.id)),
    isFragmented: mvex !== null,
    durationSeconds: timescale > 0 && !isUnknown ? duration / timescale : null,
  };
}

/** By handler (ISO/IEC 14496-12 §12; `text`, `clcp` and `subp` are QuickTime's and DVD's). */
const KINDS: Readonly<Partial<Record<string, MovieTrack['kind']>>> = {
  vide: 'video',
  soun: 'audio',
  ...{ sbtl: 'subtitle', subt: 'subtitle', text: 'subtitle', clcp: 'subtitle', subp: 'subtitle' },
};

/** Sample entries of QuickTime's still picture codecs. */
const PICTURE_FORMATS = new Set(['jpeg', 'mjpa', 'mjpb', 'png ']);

function readTrack(
  bytes: Uint8Array,
  trak: { dataStart: number; end: number },
  movieTimescale: number,
  defaults: ReadonlyMap<number, FullBox>,
): MovieTrack | null {
  const tkhd = descendant(bytes, trak, 'tkhd');
  const mdhd = descendant(bytes, trak, 'mdia', 'mdhd');
  const hdlr = descendant(bytes, trak, 'mdia', 'hdlr');
  const timescale = mdhd ? mdhd.u32(mdhd.version === 1 ? 20 : 12) : 0;
  if (!tkhd || !hdlr || timescale === 0) return null;
  const handler = hdlr.fourCharacters(8);
  const id = tkhd.u32(tkhd.version === 1 ? 20 : 12);
  const trex = defaults.get(id);
  const sampleTable = descendant(bytes, trak, 'mdia', 'minf', 'stbl');
  const stsd = sampleTable ? descendant(bytes, sampleTable, 'stsd') : null;
  const format = stsd?.fourCharacters(12) ?? '';
  return {
    id,
    kind: KINDS[handler] ?? 'other',
    isPicture: PICTURE_FORMATS.has(format),
    format,
    timescale,
    edit: readEdit(descendant(bytes, trak, 'edts', 'elst'), movieTimescale),
    sampleTable,
    bytes,
    defaultDuration: trex?.u32(12) ?? 0,
    defaultSize: trex?.u32(16) ?? 0,
    defaultFlags: trex?.u32(20) ?? 0,
  };
}

function readEdit(elst: FullBox | null, movieTimescale: number): Edit {
  const edit: Edit = { mediaTime: 0, delaySeconds: 0, durationSeconds: null };
  if (!elst || movieTimescale === 0) return edit;
  const isLong = elst.version === 1;
  const entryBytes = isLong ? 20 : 12;
  const count = elst.count(4, 8, entryBytes);
  for (let i = 0; i < count; i++) {
    const at = 8 + i * entryBytes;
    const seconds = (isLong ? elst.u64(at) : elst.u32(at)) / movieTimescale;
    const mediaTime = isLong ? elst.i64(at + 8) : elst.i32(at + 4);
    if (mediaTime < 0) {
      edit.delaySeconds += seconds;
      continue;
    }
    edit.mediaTime = mediaTime;
    // Fragmented films write 0: until the end. With more edits behind it, its end is no end of the film.
    edit.durationSeconds = seconds > 0 && i === count - 1 ? seconds : null;
    return edit;
  }
  return edit;
}

function readDefaults(bytes: Uint8Array, mvex: { dataStart: number; end: number }): Map<number, FullBox> {
  const defaults = new Map<number, FullBox>();
  for (const box of boxes(bytes, mvex.dataStart, mvex.end)) {
    if (box.type !== 'trex') continue;
    const trex = new FullBox(bytes, box);
    defaults.set(trex.u32(4), trex);
  }
  return defaults;
}

function chapterReferences(bytes: Uint8Array, trak: { dataStart: number; end: number }): number[] {
  const chap = descendant(bytes, trak, 'tref', 'chap');
  return chap
    ? Array.from({ length: Math.min(Math.floor(chap.size / 4), MAX_TRACKS) }, (_, i) => chap.u32(i * 4))
    : [];
}
