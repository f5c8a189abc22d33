import { ID } from '../ebml.ts';

/** Writes Matroska of any oddity, for tests. Sizes always take 8 bytes, so that positions can be reckoned beforehand. */
export function element(id: number, ...parts: (Uint8Array | number[])[]): Uint8Array {
  const payload = concat(...parts);
  return concat(idBytes(id), sizeBytes(payload.length), payload);
}

/** An element's header alone, of a size that need not be true; null is "unknown". */
export function header(id: number, size: number | null): Uint8Array {
  return concat(idBytes(id), size === null ? [0x01, 255, 255, 255, 255, 255, 255, 255] : sizeBytes(size));
}

export function unsignedElement(id: number, value: number): Uint8Array {
  return element(id, big(value));
}

export function floatElement(id: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return element(id, bytes);
}

export function textElement(id: number, value: string): Uint8Array {
  return element(id, new TextEncoder().encode(value));
}

export function concat(...parts: (Uint8Array | number[])[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export interface BlockSpec {
  track: number;
  /** Ticks relative to the cluster. */
  time: number;
  isKey?: boolean;
  bytes?: number;
}

/** A cluster of SimpleBlocks. */
export function cluster(time: number, blocks: readonly BlockSpec[]): Uint8Array {
  return element(ID.Cluster, unsignedElement(ID.Timestamp, time), ...blocks.map(simpleBlock));
}

export function simpleBlock({ track, time, isKey, bytes = 20 }: BlockSpec): Uint8Array {
  const payload = new Uint8Array(bytes);
  return element(ID.SimpleBlock, [0x80 | track, (time >> 8) & 255, time & 255, isKey ? 0x80 : 0], payload);
}

/** Track 1 is video, track 2 audio. */
export function tracks(kinds: readonly ('video' | 'audio')[] = ['video', 'audio']): Uint8Array {
  return element(
    ID.Tracks,
    ...kinds.map((kind, i) =>
      element(
        ID.TrackEntry,
        unsignedElement(ID.TrackNumber, i + 1),
        unsignedElement(ID.TrackUID, 100 + i),
        unsignedElement(ID.TrackType, kind === 'video' ? 1 : 2),
        textElement(ID.CodecID, kind === 'video' ? 'V_MPEG4/ISO/AVC' : 'A_AAC'),
        unsignedElement(ID.DefaultDuration, kind === 'video' ? 40_000_000 : 20_000_000),
      ),
    ),
  );
}

export function info(durationTicks: number | null, app = 'Lavf59'): Uint8Array {
  return element(
    ID.Info,
    unsignedElement(ID.TimestampScale, 1_000_000),
    textElement(0x4d80, app),
    ...(durationTicks === null ? [] : [floatElement(ID.Duration, durationTicks)]),
  );
}

/** Positions count from the Segment's payload. */
export function cues(points: readonly { time: number; position: number; track?: number }[]): Uint8Array {
  return element(
    ID.Cues,
    ...points.map(({ time, position, track = 1 }) =>
      element(
        ID.CuePoint,
        unsignedElement(ID.CueTime, time),
        element(
          ID.CueTrackPositions,
          unsignedElement(ID.CueTrack, track),
          unsignedElement(ID.CueClusterPosition, position),
        ),
      ),
    ),
  );
}

export function seekHead(entries: readonly { id: number; position: number }[]): Uint8Array {
  return element(
    ID.SeekHead,
    ...entries.map(({ id, position }) =>
      element(ID.Seek, element(ID.SeekID, idBytes(id)), unsignedElement(ID.SeekPosition, position)),
    ),
  );
}

export function durationTag(trackUid: number, duration: string): Uint8Array {
  return element(
    ID.Tags,
    element(
      ID.Tag,
      element(ID.Targets, unsignedElement(ID.TagTrackUID, trackUid)),
      element(ID.SimpleTag, textElement(ID.TagName, 'DURATION'), textElement(ID.TagString, duration)),
    ),
  );
}

/** EBML header and the Segment's own header. */
export function opening(segmentSize: number | null = null): Uint8Array {
  return concat(element(ID.EBML, textElement(ID.DocType, 'matroska')), header(ID.Segment, segmentSize));
}

function idBytes(id: number): number[] {
  const bytes: number[] = [];
  for (let rest = id; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

function sizeBytes(size: number): number[] {
  return [0x01, ...big(size).slice(1)];
}

function big(value: number): number[] {
  const bytes: number[] = [];
  for (let i = 0, rest = value; i < 8; i++, rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}
