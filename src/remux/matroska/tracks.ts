import {
  child,
  children,
  type EbmlElement,
  float,
  ID,
  payload,
  text,
  unsigned,
} from '../../probe/container-index/ebml.ts';
import { damaged } from '../../probe/container-index/failures.ts';
import { MAX_TRACKS } from '../../probe/container-index/main-track.ts';

export type MatroskaTrackKind = 'video' | 'audio' | 'subtitle';

/** A TrackEntry (RFC 9559 §5.1.4.1) as far as its packets' reading and format need it. */
export interface MatroskaTrack {
  number: number;
  kind: MatroskaTrackKind;
  codecId: string;
  codecPrivate: Uint8Array | null;
  /** Nanoseconds per frame as written; null when absent. */
  defaultDuration: number | null;
  /** Nanoseconds to be taken off every timestamp (§5.1.4.1.25). */
  codecDelay: number;
  width: number;
  height: number;
  /** Null: as large as the picture. */
  displayWidth: number | null;
  displayHeight: number | null;
  /** Clockwise, degrees. */
  rotationDegrees: number;
  sampleRate: number;
  /** After SBR; null when it is the sample rate. */
  outputSampleRate: number | null;
  channels: number;
  encoding: ContentEncoding;
}

/** What was done to the frames (§5.1.4.1.31). `unsupported`: encrypted, or packed in a way nobody uses any more. */
export type ContentEncoding =
  | { kind: 'none' }
  | { kind: 'stripped'; prefix: Uint8Array }
  | { kind: 'zlib' }
  | { kind: 'unsupported' };

/** What mkvmerge strips is a start code or a sync word; what is put before every frame must not be worth more than they are. */
const MAX_PREFIX_BYTES = 256;

/** By TrackType (§5.1.4.1.3). */
const KINDS: Readonly<Record<number, MatroskaTrackKind>> = { 1: 'video', 2: 'audio', 17: 'subtitle' };

/** The video, audio and subtitle tracks of a Tracks element, in file order. Throws `media_damaged` when there are absurdly many. */
export function parseTracks(bytes: Uint8Array, tracks: EbmlElement): MatroskaTrack[] {
  const found: MatroskaTrack[] = [];
  let count = 0;
  for (const entry of children(bytes, tracks)) {
    if (entry.id !== ID.TrackEntry) continue;
    if (++count > MAX_TRACKS) throw damaged('The Matroska file claims absurdly many tracks.');
    const kind = KINDS[number(bytes, entry, ID.TrackType) ?? 0];
    const trackNumber = number(bytes, entry, ID.TrackNumber);
    if (kind && trackNumber) found.push(parseEntry(bytes, entry, trackNumber, kind));
  }
  return found;
}

function parseEntry(
  bytes: Uint8Array,
  entry: EbmlElement,
  trackNumber: number,
  kind: MatroskaTrackKind,
): MatroskaTrack {
  const video = child(bytes, entry, ID.Video);
  const audio = child(bytes, entry, ID.Audio);
  const codec = child(bytes, entry, ID.CodecID);
  const codecPrivate = child(bytes, entry, ID.CodecPrivate);
  const inPixels = !video || (number(bytes, video, ID.DisplayUnit) ?? 0) === 0;
  const isRatio = video && number(bytes, video, ID.DisplayUnit) === 3;
  const hasDisplay = video && (inPixels || isRatio);
  return {
    number: trackNumber,
    kind,
    codecId: codec ? text(bytes, codec) : '',
    codecPrivate: codecPrivate ? payload(bytes, codecPrivate) : null,
    defaultDuration: number(bytes, entry, ID.DefaultDuration) || null,
    codecDelay: number(bytes, entry, ID.CodecDelay) ?? 0,
    width: video ? (number(bytes, video, ID.PixelWidth) ?? 0) : 0,
    height: video ? (number(bytes, video, ID.PixelHeight) ?? 0) : 0,
    displayWidth: hasDisplay ? number(bytes, video, ID.DisplayWidth) || null : null,
    displayHeight: hasDisplay ? number(bytes, video, ID.DisplayHeight) || null : null,
    rotationDegrees: video ? rotation(bytes, video) : 0,
    sampleRate: (audio && real(bytes, audio, ID.SamplingFrequency)) || 8000,
    outputSampleRate: (audio && real(bytes, audio, ID.OutputSamplingFrequency)) || null,
    channels: (audio && number(bytes, audio, ID.Channels)) || 1,
    encoding: contentEncoding(bytes, entry),
  };
}

/** ProjectionPoseRoll turns counter-clockwise (§5.1.4.1.28.46). */
function rotation(bytes: Uint8Array, video: EbmlElement): number {
  const projection = child(bytes, video, ID.Projection);
  const roll = projection ? real(bytes, projection, ID.ProjectionPoseRoll) : null;
  return roll ? ((Math.round(-roll) % 360) + 360) % 360 : 0;
}

function contentEncoding(bytes: Uint8Array, entry: EbmlElement): ContentEncoding {
  const encodings = child(bytes, entry, ID.ContentEncodings);
  if (!encodings) return { kind: 'none' };
  const list = [...children(bytes, encodings)].filter(({ id }) => id === ID.ContentEncoding);
  const [encoding] = list;
  if (!encoding) return { kind: 'none' };
  const compression = child(bytes, encoding, ID.ContentCompression);
  const scope = number(bytes, encoding, ID.ContentEncodingScope) ?? 1;
  if (list.length > 1 || (number(bytes, encoding, ID.ContentEncodingType) ?? 0) !== 0)
    return { kind: 'unsupported' };
  if ((scope & 1) === 0) return { kind: 'none' };
  const algorithm = compression ? (number(bytes, compression, ID.ContentCompAlgo) ?? 0) : 0;
  if (algorithm === 0) return { kind: 'zlib' };
  if (algorithm !== 3) return { kind: 'unsupported' };
  const settings = compression && child(bytes, compression, ID.ContentCompSettings);
  const prefix = settings ? payload(bytes, settings) : new Uint8Array(0);
  return prefix.length > MAX_PREFIX_BYTES ? { kind: 'unsupported' } : { kind: 'stripped', prefix };
}

function number(bytes: Uint8Array, parent: EbmlElement, id: number): number | null {
  const element = child(bytes, parent, id);
  return element ? unsigned(bytes, element) : null;
}

function real(bytes: Uint8Array, parent: EbmlElement, id: number): number | null {
  const element = child(bytes, parent, id);
  const value = element ? float(bytes, element) : null;
  return value !== null && Number.isFinite(value) ? value : null;
}
