import { packetSamples } from '../audio-frames.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { segmentBudget } from '../collect-packets.ts';
import { fetchEnd } from '../fetch-end.ts';
import type { AudioFormat, Packet, Span } from '../packet.ts';
import { type Block, readBlocks } from './blocks.ts';
import { FilmClock, readingEnd, SAME_MOMENT_SECONDS } from './clock.ts';
import type { FirstPacket } from './first-packets.ts';
import { restoreFrame } from './frames.ts';
import { snap } from './timing.ts';
import type { MatroskaTrack } from './tracks.ts';
import type { MatroskaFilm } from './video-reading.ts';

/** Without a packet of the track for so long (behind the span's end), it has none there. */
const SILENT_SECONDS = 2;
/** libavformat lets tracks lie at most 10 s apart in the file (`max_interleave_delta`). */
const MAX_LOOK_BACK_SECONDS = 10;
/** Every frame is a keyframe where nothing is predicted, at 60 per second. */
const MAX_LOOKS_BACK = 600;

/** What is read of one audio track. */
export interface AudioTrack {
  track: MatroskaTrack;
  format: AudioFormat;
  first: FirstPacket;
}

/**
 * The audio packets whose presentation time lies in the span, exactly: each packet of the track belongs to one span. Reading begins at the
 * span's offset, the video keyframe's cluster. Packets of the span may lie before it (laced blocks, muxers that interleave otherwise): when
 * the first packet found does not follow directly on one of the span before, reading goes back keyframe by keyframe.
 */
export async function* readAudio(
  film: MatroskaFilm,
  audio: AudioTrack,
  span: Span,
  signal?: AbortSignal,
): AsyncGenerator<Packet, void, undefined> {
  const start = span.startSeconds - SAME_MOMENT_SECONDS;
  const end = readingEnd(span, film.index.durationSeconds) - SAME_MOMENT_SECONDS;
  let isFirst = true;
  for await (const packet of packetsFrom(film, audio, span, end, signal)) {
    if (isFirst && mayLackPackets(audio, packet, span, start)) {
      yield* inSpan(await lookBack(film, audio, span, start, signal), start, end);
    }
    isFirst = false;
    if (packet.ptsSeconds >= start && packet.ptsSeconds < end) yield packet;
  }
  if (isFirst && mayLackPackets(audio, null, span, start)) {
    yield* inSpan(await lookBack(film, audio, span, start, signal), start, end);
  }
}

function* inSpan(packets: readonly Packet[], start: number, end: number): Generator<Packet> {
  for (const packet of packets) if (packet.ptsSeconds >= start && packet.ptsSeconds < end) yield packet;
}

/** Whether a packet of the span could lie before the place where reading began. */
function mayLackPackets(audio: AudioTrack, first: Packet | null, span: Span, start: number): boolean {
  if (span.startOffset <= audio.first.offset) return false;
  return first === null || first.ptsSeconds - first.durationSeconds >= start;
}

/** All packets from the span's offset on, up to and with the first behind its end, or until the track has plainly none left there. */
async function* packetsFrom(
  film: MatroskaFilm,
  audio: AudioTrack,
  span: Span,
  end: number,
  signal?: AbortSignal,
): AsyncGenerator<Packet, void, undefined> {
  const { track } = audio;
  const clock = new FilmClock(film.index, film.head.secondsPerTick, track, film.main);
  const cursor = new ByteCursor(film.source, span.startOffset, fetchEnd(span), film.head.sizeBytes, signal);
  let now = span.startSeconds;
  let lastHeard = now;
  try {
    for await (const block of readBlocks(cursor, (number) => number === track.number)) {
      now = Math.max(now, clock.seconds(block.timestamp));
      if (block.trackNumber === track.number) {
        lastHeard = now;
        for (const packet of packetsOf(block, audio, clock, film.head.secondsPerTick)) {
          yield packet;
          if (packet.ptsSeconds >= end) return;
        }
      } else if (now >= end + SILENT_SECONDS && now - lastHeard >= SILENT_SECONDS) return;
    }
  } finally {
    await cursor.close();
  }
}

/** The track's packets before the span's offset, from as far back as one of an earlier span is found. */
async function lookBack(
  film: MatroskaFilm,
  audio: AudioTrack,
  span: Span,
  start: number,
  signal?: AbortSignal,
): Promise<Packet[]> {
  const { keyframes } = film.index;
  const mediaStart = film.head.firstCluster ?? keyframes[0]?.offset ?? 0;
  const before = [{ offset: mediaStart, timeSeconds: 0 }, ...keyframes].filter(
    ({ offset }) => offset < span.startOffset,
  );
  const near = before.filter(({ timeSeconds }) => timeSeconds >= span.startSeconds - MAX_LOOK_BACK_SECONDS);
  // A group longer than that is gone back once all the same.
  const places = near.length > 0 ? near.slice(-MAX_LOOKS_BACK) : before.slice(-1);
  const budget = segmentBudget();
  const found: Packet[] = [];
  let until = span.startOffset;
  for (const { offset } of places.reverse()) {
    if (offset >= until) continue;
    found.unshift(...(await packetsBetween(film, audio, offset, until, budget, signal)));
    until = offset;
    const first = found[0];
    if (first && first.ptsSeconds - first.durationSeconds < start) break;
    if (until <= audio.first.offset) break;
  }
  return found;
}

async function packetsBetween(
  film: MatroskaFilm,
  audio: AudioTrack,
  from: number,
  to: number,
  budget: { take(packet: Packet): void },
  signal?: AbortSignal,
): Promise<Packet[]> {
  const { track } = audio;
  const clock = new FilmClock(film.index, film.head.secondsPerTick, track, film.main);
  const cursor = new ByteCursor(film.source, from, to, film.head.sizeBytes, signal);
  const packets: Packet[] = [];
  try {
    for await (const block of readBlocks(cursor, (number) => number === track.number)) {
      if (block.offset >= to) break;
      if (block.trackNumber === track.number) {
        for (const packet of packetsOf(block, audio, clock, film.head.secondsPerTick)) {
          budget.take(packet);
          packets.push(packet);
        }
      }
      if (cursor.position >= to) break;
    }
  } finally {
    await cursor.close();
  }
  return packets;
}

/** A block's frames with their own times: in a lace only the first has one written. */
function* packetsOf(
  block: Block,
  audio: AudioTrack,
  clock: FilmClock,
  secondsPerTick: number,
): Generator<Packet> {
  const { track, format, first } = audio;
  const told = block.duration === null ? null : (block.duration * secondsPerTick) / block.frames.length;
  const fallback = told ?? (track.defaultDuration ?? 0) / 1e9;
  let seconds = clock.seconds(block.timestamp);
  for (const frame of block.frames) {
    const data = restoreFrame(frame, track.encoding);
    const samples = data && packetSamples(format, data);
    const durationSeconds = samples ? samples / format.sampleRate : fallback;
    if (data) yield { data, ptsSeconds: snap(seconds, first.grid), durationSeconds, isKey: true };
    seconds += durationSeconds;
  }
}
