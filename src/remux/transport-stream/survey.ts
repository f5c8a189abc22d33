import type { AudioFormat } from '../packet.ts';
import type { AccessPoint } from '../unindexed/access-point-search.ts';
import { type FramedCodec, framedFormat } from './audio-frames.ts';
import { isSameSet, MAX_PARAMETER_SETS } from './decoder-config.ts';
import { isKeyPicture, type NalCodec, parseAccessUnit } from './nal-units.ts';
import { TransportClock } from './transport-clock.ts';
import { packetStart, type ReadRange, readUnits, type TransportFile } from './transport-file.ts';

/** The streams of a transport stream that are looked at. */
export interface Wanted {
  video: { pid: number; codec: NalCodec };
  /** Sound that could be copied. */
  audio: readonly { pid: number; codec: FramedCodec }[];
}

/** What a film's beginning shows. */
export interface Head {
  /** The film's first pictures, from the first that decoding can begin at on. */
  keys: { ptsTicks: number; offset: number }[];
  parameterSets: Uint8Array[];
  /** By PID. */
  audio: ReadonlyMap<number, AudioFormat | null>;
  /** The most pictures that one PES packet holds: fields count as pictures. */
  picturesPerUnit: number;
  /** The least distance of two pictures, seconds; infinite for one alone. */
  leastFrameSeconds: number;
  /** A picture that tells no time of its own. */
  hasUntimed: boolean;
  /** How much film was seen, seconds; and whether that was all. */
  seconds: number;
  isWhole: boolean;
}

/** By so many keyframes the length of groups of pictures is known. */
const ENOUGH_KEYS = 4;
/** A film without a key picture for so long cannot be cut. */
const HEAD_SECONDS = 13;
/** At 300 a second. */
const HEAD_PICTURES = 3900;
const HEAD_BYTES = 32 << 20;
/** Nothing behind is read even where no picture ends in between. */
const HEAD_LIMIT = 2 * HEAD_BYTES;
const EXPECTED_HEAD_BYTES = 1 << 20;

/** Reads a film's beginning up to some groups of pictures, and no further than is bounded. */
export async function readHead(file: TransportFile, wanted: Wanted, signal?: AbortSignal): Promise<Head> {
  const { video } = wanted;
  const keys: Head['keys'] = [];
  const sets: Uint8Array[] = [];
  const audio = new Map<number, AudioFormat | null>();
  const times: number[] = [];
  const head = { picturesPerUnit: 0, hasUntimed: false, isWhole: file.sizeBytes <= HEAD_LIMIT };
  let clock: TransportClock | null = null;
  const pids = new Set([video.pid, ...wanted.audio.map(({ pid }) => pid)]);
  const range = { from: 0, expectedEnd: EXPECTED_HEAD_BYTES, limit: HEAD_LIMIT };
  for await (const unit of readUnits(file, range, (pid) => pids.has(pid), signal)) {
    const track = wanted.audio.find(({ pid }) => pid === unit.pid);
    if (track && !audio.get(track.pid)) audio.set(track.pid, framedFormat(unit.payload, track.codec));
    if (unit.pid === video.pid && unit.damage === 'none') {
      const picture = parseAccessUnit(unit.payload, video.codec);
      if (picture.isKey && unit.ptsTicks !== null) {
        clock ??= new TransportClock(unit.ptsTicks);
        keys.push({ ptsTicks: unit.ptsTicks, offset: unit.offset });
        for (const set of picture.parameterSets) {
          // One more than there may be tells enough.
          if (sets.length > MAX_PARAMETER_SETS) break;
          if (!sets.some((known) => isSameSet(known, set))) sets.push(set);
        }
      }
      if (clock) {
        head.picturesPerUnit = Math.max(head.picturesPerUnit, picture.pictures);
        head.hasUntimed ||= unit.ptsTicks === null;
        if (unit.ptsTicks !== null) times.push(clock.seconds(unit.ptsTicks));
      }
    }
    const seconds = Math.max(0, ...times.slice(-1));
    const hasSound = wanted.audio.every(({ pid }) => audio.get(pid)) || seconds > 1;
    const isTooMuch = seconds > HEAD_SECONDS || times.length > HEAD_PICTURES || unit.offset > HEAD_BYTES;
    if ((keys.length >= ENOUGH_KEYS && hasSound) || isTooMuch) {
      head.isWhole = false;
      break;
    }
  }
  const sorted = times.toSorted((a, b) => a - b);
  const distances = sorted.slice(1).map((time, i) => time - (sorted[i] ?? time));
  return {
    ...head,
    keys,
    parameterSets: sets,
    audio,
    leastFrameSeconds: Math.min(Number.POSITIVE_INFINITY, ...distances),
    seconds: sorted.at(-1) ?? 0,
  };
}

/** How long the last frame of each stream is unknown; when the last one begins is not. Film time, seconds, by PID. */
export type LastTimes = Map<number, number>;

const FIRST_TAIL_BYTES = 256 << 10;
const MAX_TAIL_BYTES = 16 << 20;

/** The last times of the streams, from as much of the film's end as is needed to see a picture. */
export async function readTail(
  file: TransportFile,
  pids: ReadonlySet<number>,
  videoPid: number,
  clock: TransportClock,
  signal?: AbortSignal,
): Promise<LastTimes> {
  const { sizeBytes, layout } = file;
  for (let bytes = FIRST_TAIL_BYTES; ; bytes *= 4) {
    const from = packetStart(Math.max(0, sizeBytes - bytes), layout);
    const last: LastTimes = new Map();
    const units = readUnits(file, { from, expectedEnd: sizeBytes }, (wanted) => pids.has(wanted), signal);
    for await (const { pid, ptsTicks } of units) {
      if (ptsTicks === null) continue;
      last.set(pid, Math.max(last.get(pid) ?? Number.NEGATIVE_INFINITY, clock.seconds(ptsTicks)));
    }
    if (last.has(videoPid) || from === 0 || bytes >= MAX_TAIL_BYTES) return last;
  }
}

/** What a look into the middle of a film shows. */
export interface Sample {
  /** The first picture there. */
  place: AccessPoint;
  /** Film times of the key pictures seen. */
  keySeconds: number[];
}

const SAMPLE_BYTES = 1 << 20;
/** A stream that pauses here, or has ended, need not be followed to where it goes on. */
const MAX_SAMPLE_BYTES = 16 << 20;

/** Looks at a film's middle. Null when there is no picture. */
export async function readSample(
  file: TransportFile,
  video: Wanted['video'],
  clock: TransportClock,
  offset: number,
  signal?: AbortSignal,
): Promise<Sample | null> {
  let place: AccessPoint | null = null;
  const keySeconds: number[] = [];
  const range = {
    from: offset,
    expectedEnd: offset + SAMPLE_BYTES,
    limit: offset + MAX_SAMPLE_BYTES,
  };
  for await (const picture of scanPictures(file, video, clock, range, signal)) {
    place ??= { seconds: picture.seconds, offset: picture.offset };
    if (picture.isKey) keySeconds.push(picture.seconds);
    if (picture.offset > offset + SAMPLE_BYTES || keySeconds.length >= 2) break;
  }
  return place && { place, keySeconds };
}

/** Every picture from an offset on: time, place, and whether decoding can begin there. */
export async function* scanPictures(
  file: TransportFile,
  { pid, codec }: Wanted['video'],
  clock: TransportClock,
  range: ReadRange,
  signal?: AbortSignal,
) {
  const aligned = { ...range, from: packetStart(range.from, file.layout) };
  for await (const unit of readUnits(file, aligned, (wanted) => wanted === pid, signal)) {
    if (unit.ptsTicks === null) continue;
    const isKey = unit.damage === 'none' && isKeyPicture(unit.payload, codec);
    yield { seconds: clock.seconds(unit.ptsTicks), offset: unit.offset, isKey };
  }
}
