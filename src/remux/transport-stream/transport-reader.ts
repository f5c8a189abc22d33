import { fetchEnd } from '../fetch-end.ts';
import type { AudioFormat, Packet, PacketReader, Span, VideoFormat } from '../packet.ts';
import { FrameSplitter } from './audio-frames.ts';
import { isSameSet } from './decoder-config.ts';
import { parseAccessUnit, withLengths } from './nal-units.ts';
import type { PesUnit } from './pes.ts';
import { TICKS_PER_SECOND } from './transport-clock.ts';
import { readUnits } from './transport-file.ts';
import type { TransportAudio, TransportFilm } from './transport-film.ts';

/** Cuts are pictures' own times: only floating point separates equals. */
const SAME_MOMENT_SECONDS = 0.000_01;
/**
 * Sound lies behind the picture it is heard with: a picture is sent ahead of its time, by up to its buffer (ISO/IEC 13818-1 §2.4.2). What is not
 * there by then does not come: a stream may end, or pause, before the film does.
 */
const LATE_SECONDS = 5;
const LATE_BYTES = 4 << 20;
/** Where it lies before, as odd muxers put it: reading begins so much earlier, then twice as much, and so on. */
const FIRST_LOOK_BACK_SECONDS = 0.7;
const MAX_LOOKS_BACK = 4;

/** Reads a transport stream by byte range. A span's offsets must be those of the pictures it begins and ends with. */
export class TransportReader implements PacketReader {
  readonly video: VideoFormat;
  readonly audio: readonly (AudioFormat | null)[];
  readonly #film: TransportFilm;

  constructor(film: TransportFilm) {
    this.#film = film;
    this.video = film.video.format;
    this.audio = film.audio.map((track) => track?.format ?? null);
  }

  async *videoPackets(span: Span, signal?: AbortSignal): AsyncGenerator<Packet, void, undefined> {
    const { video, clock } = this.#film;
    // A picture that later ones are predicted from is lost: what is there of those would be shown as rubbish.
    let lacksReference = true;
    for await (const unit of this.#units(video.pid, span.startOffset, span, signal)) {
      if (unit.offset >= span.endOffset) return;
      const picture = parseAccessUnit(unit.payload, video.codec);
      const isWhole = unit.damage === 'none' && picture.pictures > 0;
      if (picture.isKey && isWhole) lacksReference = false;
      else if (!isWhole && (picture.isReference || unit.damage === 'torn')) lacksReference = true;
      if (!isWhole || lacksReference || unit.ptsTicks === null) continue;
      const strange = picture.parameterSets.filter(
        (set) => !video.parameterSets.some((own) => isSameSet(set, own)),
      );
      yield {
        // A picture that brings other parameter sets than the format's keeps them.
        data: strange.length === 0 ? picture.data : Buffer.concat([withLengths(strange), picture.data]),
        ptsSeconds: clock.seconds(unit.ptsTicks),
        durationSeconds: video.frameSeconds,
        isKey: picture.isKey,
      };
    }
  }

  async *audioPackets(
    position: number,
    span: Span,
    signal?: AbortSignal,
  ): AsyncGenerator<Packet, void, undefined> {
    const track = this.#film.audio[position];
    if (!track) return;
    const start = span.startSeconds - SAME_MOMENT_SECONDS;
    const isLast = span.endSeconds >= this.#film.durationSeconds - SAME_MOMENT_SECONDS;
    const end = isLast ? Number.POSITIVE_INFINITY : span.endSeconds - SAME_MOMENT_SECONDS;
    for await (const packet of this.#audioFrom(track, span, start, signal)) {
      if (packet.ptsSeconds >= end) return;
      if (packet.ptsSeconds >= start) yield packet;
    }
  }

  close(): void {}

  /** Packets from one of before the span on, whose bytes are looked for in growing steps. */
  async *#audioFrom(
    track: TransportAudio,
    span: Span,
    start: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Packet, void, undefined> {
    const { bytesPerSecond } = this.#film;
    for (let look = 0; ; look++) {
      const from = Math.max(
        0,
        span.startOffset - Math.ceil(bytesPerSecond * FIRST_LOOK_BACK_SECONDS * 2 ** look),
      );
      const isFarthest = from === 0 || look >= MAX_LOOKS_BACK;
      let isFirst = true;
      let isLate = false;
      for await (const packet of this.#audioAfter(track, from, span, signal)) {
        isLate = isFirst && packet.ptsSeconds > start && !isFarthest;
        if (isLate) break;
        isFirst = false;
        yield packet;
      }
      if (!isLate) return;
    }
  }

  async *#audioAfter(
    { pid, codec }: TransportAudio,
    from: number,
    span: Span,
    signal?: AbortSignal,
  ): AsyncGenerator<Packet, void, undefined> {
    const { clock } = this.#film;
    const splitter = new FrameSplitter(codec);
    for await (const unit of this.#units(pid, from, span, signal)) {
      for (const frame of splitter.push(unit.payload, unit.ptsTicks)) {
        yield {
          data: frame.data,
          ptsSeconds: clock.seconds(frame.ptsTicks),
          durationSeconds: frame.durationTicks / TICKS_PER_SECOND,
          isKey: true,
        };
      }
      if (unit.damage !== 'none') splitter.reset();
    }
  }

  #units(pid: number, from: number, span: Span, signal?: AbortSignal): AsyncIterable<PesUnit> {
    const limit = span.endOffset + this.#film.bytesPerSecond * LATE_SECONDS + LATE_BYTES;
    const range = { from, expectedEnd: fetchEnd(span), limit };
    return readUnits(this.#film, range, (wanted) => wanted === pid, signal);
  }
}
