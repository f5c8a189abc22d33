import {
  bigUnsigned,
  child,
  children,
  type EbmlElement,
  endOf,
  float,
  ID,
  payload,
  readElement,
  text,
  unsigned,
} from '../ebml.ts';
import { damaged } from '../failures.ts';
import { MAX_TRACKS } from '../main-track.ts';

/** What stands before the first cluster, as far as the given bytes show it. Offsets are absolute. */
export interface SegmentHead {
  /** Where the Segment's payload begins: what SeekHead and Cues positions count from. */
  segmentStart: number;
  /** Where the Segment ends by its own word; infinite when unknown. */
  segmentEnd: number;
  /** Where an element lies, by SeekHead or seen in passing. The first mention wins. */
  positions: Map<number, number>;
  /** Further SeekHeads that the first one names. */
  seekHeads: number[];
  info: SegmentInfo | null;
  tracks: Track[] | null;
  /** Muxer-written duration of each track (`DURATION` tags), seconds, by track UID. */
  durations: Map<bigint, number>;
  firstCluster: number | null;
  /** Where the walk had to stop: the first top-level element that the bytes do not hold whole. */
  stoppedAt: number;
}

export interface SegmentInfo {
  /** Nanoseconds per tick. */
  timestampScale: number;
  /** Ticks; null when the muxer left it out (live recordings). */
  duration: number | null;
  muxingApp: string;
}

export interface Track {
  number: number;
  uid: bigint;
  kind: 'video' | 'audio' | 'other';
  isPicture: boolean;
  /** Seconds per frame; null when not written. */
  frameSeconds: number | null;
}

/** An EBML file whose first element is a header and whose second a Segment; null for anything else. */
export function openSegment(bytes: Uint8Array): SegmentHead | null {
  const header = readElement(bytes, 0);
  if (typeof header === 'string' || header.id !== ID.EBML) return null;
  let position = endOf(header) ?? Number.POSITIVE_INFINITY;
  for (;;) {
    const element = readElement(bytes, position);
    if (typeof element === 'string') return null;
    if (element.id === ID.Segment) {
      const head: SegmentHead = {
        segmentStart: element.dataStart,
        segmentEnd: endOf(element) ?? Number.POSITIVE_INFINITY,
        positions: new Map(),
        seekHeads: [],
        info: null,
        tracks: null,
        durations: new Map(),
        firstCluster: null,
        stoppedAt: element.dataStart,
      };
      walkTopLevel(head, bytes, 0, element.dataStart);
      return head;
    }
    // Void or CRC-32 between the two.
    position = endOf(element) ?? Number.POSITIVE_INFINITY;
  }
}

/**
 * Takes in the top-level elements of `bytes` (which begin at file offset `base`) from index `start` on, up to the first cluster or the
 * first element that is cut off.
 */
export function walkTopLevel(head: SegmentHead, bytes: Uint8Array, base: number, start: number): void {
  let position = start;
  for (;;) {
    head.stoppedAt = base + position;
    const element = readElement(bytes, position);
    if (typeof element === 'string') return;
    if (element.id === ID.Cluster) {
      head.firstCluster ??= base + position;
      return;
    }
    remember(head, element.id, base + position);
    const next = endOf(element);
    if (next === null || next > bytes.length) return;
    takeIn(head, bytes, element);
    position = next;
  }
}

/** Takes in one element that lies whole in the bytes. */
export function takeIn(head: SegmentHead, bytes: Uint8Array, element: EbmlElement): void {
  if (element.id === ID.SeekHead) readSeekHead(head, bytes, element);
  else if (element.id === ID.Info) head.info ??= readInfo(bytes, element);
  else if (element.id === ID.Tracks) head.tracks ??= readTracks(bytes, element);
  else if (element.id === ID.Tags) readDurations(head.durations, bytes, element);
}

function remember(head: SegmentHead, id: number, offset: number): void {
  if (!head.positions.has(id)) head.positions.set(id, offset);
}

function readSeekHead(head: SegmentHead, bytes: Uint8Array, seekHead: EbmlElement): void {
  for (const seek of children(bytes, seekHead)) {
    if (seek.id !== ID.Seek) continue;
    const id = child(bytes, seek, ID.SeekID);
    const at = child(bytes, seek, ID.SeekPosition);
    if (!id || !at) continue;
    const target = unsigned(bytes, id);
    const offset = head.segmentStart + unsigned(bytes, at);
    if (!Number.isSafeInteger(offset)) continue;
    if (target === ID.SeekHead) head.seekHeads.push(offset);
    else if (target !== ID.Cluster) remember(head, target, offset);
  }
}

/** Written by every muxer; not among the ids others need. */
const MUXING_APP = 0x4d80;

function readInfo(bytes: Uint8Array, element: EbmlElement): SegmentInfo {
  const scale = child(bytes, element, ID.TimestampScale);
  const duration = child(bytes, element, ID.Duration);
  const app = child(bytes, element, MUXING_APP);
  const ticks = duration ? float(bytes, duration) : null;
  return {
    // RFC 9559 §5.1.2.9: default one millisecond; 0 is not allowed.
    timestampScale: (scale ? unsigned(bytes, scale) : 0) || 1_000_000,
    duration: ticks !== null && Number.isFinite(ticks) && ticks > 0 ? ticks : null,
    muxingApp: app ? text(bytes, app) : '',
  };
}

const PICTURE_CODECS = new Set(['V_MJPEG', 'V_PNG', 'V_WEBP', 'V_BMP']);

/** Whether a codec is that of still pictures: cover art, beside a real video. */
export function isPictureCodec(codecId: string): boolean {
  return PICTURE_CODECS.has(codecId);
}

/** Throws `media_damaged` when there are absurdly many. */
function readTracks(bytes: Uint8Array, element: EbmlElement): Track[] {
  const tracks: Track[] = [];
  let count = 0;
  for (const entry of children(bytes, element)) {
    if (entry.id !== ID.TrackEntry) continue;
    if (++count > MAX_TRACKS) throw damaged('The Matroska file claims absurdly many tracks.');
    const number = child(bytes, entry, ID.TrackNumber);
    const uid = child(bytes, entry, ID.TrackUID);
    const type = child(bytes, entry, ID.TrackType);
    const codec = child(bytes, entry, ID.CodecID);
    const frame = child(bytes, entry, ID.DefaultDuration);
    if (!number || !type) continue;
    const code = unsigned(bytes, type);
    tracks.push({
      number: unsigned(bytes, number),
      uid: uid ? bigUnsigned(bytes, uid) : 0n,
      kind: code === 1 ? 'video' : code === 2 ? 'audio' : 'other',
      isPicture: codec !== undefined && isPictureCodec(text(bytes, codec)),
      frameSeconds: frame ? unsigned(bytes, frame) / 1e9 || null : null,
    });
  }
  return tracks;
}

/** Statistics tags (matroska.org/technical/tagging): `DURATION` as `HH:MM:SS.nnnnnnnnn`. */
function readDurations(into: Map<bigint, number>, bytes: Uint8Array, tags: EbmlElement): void {
  for (const tag of children(bytes, tags)) {
    const targets = tag.id === ID.Tag ? child(bytes, tag, ID.Targets) : undefined;
    const uid = targets ? child(bytes, targets, ID.TagTrackUID) : undefined;
    if (!uid) continue;
    for (const simple of children(bytes, tag)) {
      if (simple.id !== ID.SimpleTag) continue;
      const name = child(bytes, simple, ID.TagName);
      const value = child(bytes, simple, ID.TagString);
      if (!name || !value || !text(bytes, name).startsWith('DURATION')) continue;
      const parts = /^(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)/.exec(
        new TextDecoder().decode(payload(bytes, value)),
      );
      if (!parts) continue;
      into.set(bigUnsigned(bytes, uid), Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3]));
    }
  }
}
