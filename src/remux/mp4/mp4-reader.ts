import { EncodedPacketSink, Input, type InputTrack, MP4, QTFF } from 'mediabunny';
import { RaffiError, toRaffiError } from '../../errors.ts';
import type { ContainerIndex } from '../../plan/types.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { fetchEnd } from '../fetch-end.ts';
import type { AudioFormat, Packet, PacketReader, Span, VideoFormat } from '../packet.ts';
import { orAbort } from './abort.ts';
import { audioFormat, videoFormat } from './formats.ts';
import { GuardedSource } from './guarded-source.ts';
import { hasFragmentIndex, randomAccessBox } from './random-access-box.ts';
import { SampleSource } from './sample-source.ts';

/** Film times are differences of exact ones: only floating point separates equals. */
const SAME_MOMENT_SECONDS = 0.000_1;
/** Edit lists count in the movie's ticks, mostly milliseconds: sound that begins with the picture may seem to begin so much before it. */
const EDIT_ROUNDING_SECONDS = 0.001;

/**
 * A reader of MP4 and QuickTime, whole or fragmented, on mediabunny. Rejects with `not_media` when the file is none, `media_damaged` when its
 * `moov` cannot be read.
 */
export async function openMp4Reader(
  source: ByteSource,
  index: ContainerIndex,
  signal?: AbortSignal,
): Promise<PacketReader> {
  const { sizeBytes } = await source.open(signal);
  const samples = new SampleSource(source, sizeBytes);
  // Stands where a fragmented film's own would be looked for.
  samples.append(randomAccessBox(index, []));
  let guard = new GuardedSource(samples);
  let input = inputOf(guard);
  try {
    if (await orAbort(hasFragmentIndex(source, index, signal), signal)) {
      const tracks = await orAbort(describeTracks(input), signal);
      input.dispose();
      samples.append(randomAccessBox(index, tracks));
      guard = new GuardedSource(samples);
      input = inputOf(guard);
    }
    return await orAbort(open(input, guard, samples, index), signal);
  } catch (thrown) {
    samples.close();
    input.dispose();
    const error = toRaffiError(thrown);
    if (error.code !== 'internal' || signal?.aborted) throw thrown;
    throw new RaffiError('media_damaged', 'The MP4 file cannot be read. Try another copy of the film.', {
      cause: thrown,
    });
  }
}

function inputOf({ source }: GuardedSource): Input {
  return new Input({ formats: [MP4, QTFF], source });
}

/** The tracks that are played, the picture first. */
async function describeTracks(input: Input): Promise<{ id: number; timescale: number }[]> {
  const [video] = await input.getVideoTracks();
  const audio = await input.getAudioTracks();
  const tracks = video ? [video, ...audio] : audio;
  return Promise.all(
    tracks.map(async (track) => ({ id: track.id, timescale: await track.getTimeResolution() })),
  );
}

async function open(
  input: Input,
  guard: GuardedSource,
  samples: SampleSource,
  index: ContainerIndex,
): Promise<PacketReader> {
  const videoTracks = await input.getVideoTracks();
  const audioTracks = await input.getAudioTracks();
  const video = videoTracks[0] ?? null;
  return new Mp4Reader(
    input,
    guard,
    samples,
    index,
    { track: video, format: video && (await videoFormat(video)) },
    await Promise.all(audioTracks.map(async (track) => ({ track, format: await audioFormat(track) }))),
  );
}

interface Mp4Track<Format> {
  track: InputTrack | null;
  format: Format | null;
}

class Mp4Reader implements PacketReader {
  readonly video: VideoFormat | null;
  readonly audio: readonly (AudioFormat | null)[];
  readonly #input: Input;
  readonly #guard: GuardedSource;
  readonly #samples: SampleSource;
  readonly #index: ContainerIndex;
  readonly #videoTrack: InputTrack | null;
  readonly #audioTracks: readonly Mp4Track<AudioFormat>[];

  constructor(
    input: Input,
    guard: GuardedSource,
    samples: SampleSource,
    index: ContainerIndex,
    video: Mp4Track<VideoFormat>,
    audio: readonly Mp4Track<AudioFormat>[],
  ) {
    this.#input = input;
    this.#guard = guard;
    this.#samples = samples;
    this.#index = index;
    this.#videoTrack = video.track;
    this.#audioTracks = audio;
    this.video = video.format;
    this.audio = audio.map(({ format }) => format);
  }

  async *videoPackets(span: Span, signal?: AbortSignal): AsyncGenerator<Packet, void, undefined> {
    const track = this.#videoTrack;
    const lastEnd = this.#index.videoEndSeconds ?? this.#index.durationSeconds;
    if (!this.video || !track || span.startSeconds >= lastEnd - SAME_MOMENT_SECONDS) return;
    const end = this.#readingEnd(span, lastEnd);
    const closeWindow = this.#samples.open(span.startOffset, fetchEnd(span));
    try {
      const sink = new EncodedPacketSink(track);
      const at = span.startSeconds + this.#index.originSeconds + SAME_MOMENT_SECONDS;
      let packet =
        (await orAbort(sink.getKeyPacket(at), signal)) ?? (await orAbort(sink.getFirstKeyPacket(), signal));
      while (packet) {
        const ptsSeconds = packet.timestamp - this.#index.originSeconds;
        if (ptsSeconds >= end) return;
        this.#guard.advance();
        yield {
          data: packet.data,
          ptsSeconds,
          durationSeconds: packet.duration,
          isKey: packet.type === 'key',
        };
        const following = await orAbort(sink.getNextPacket(packet, { metadataOnly: true }), signal);
        if (!following || following.timestamp - this.#index.originSeconds >= end) return;
        packet = await orAbort(sink.getNextPacket(packet), signal);
      }
    } finally {
      closeWindow();
    }
  }

  async *audioPackets(
    position: number,
    span: Span,
    signal?: AbortSignal,
  ): AsyncGenerator<Packet, void, undefined> {
    const { track, format } = this.#audioTracks[position] ?? {};
    if (!track || !format) return;
    const isFirst = span.startSeconds <= 0;
    const start = span.startSeconds - (isFirst ? EDIT_ROUNDING_SECONDS : SAME_MOMENT_SECONDS);
    const end = this.#readingEnd(span, this.#index.durationSeconds);
    const closeWindow = this.#samples.open(span.startOffset, fetchEnd(span));
    try {
      const sink = new EncodedPacketSink(track);
      const at = start + this.#index.originSeconds;
      // The packet before is only a place to go on from: its bytes may lie outside the window.
      const before = await orAbort(sink.getPacket(at, { metadataOnly: true }), signal);
      let packet = await orAbort(before ? sink.getNextPacket(before) : sink.getFirstPacket(), signal);
      while (packet) {
        const ptsSeconds = packet.timestamp - this.#index.originSeconds;
        if (ptsSeconds >= end) return;
        this.#guard.advance();
        if (ptsSeconds >= start) {
          yield { data: packet.data, ptsSeconds, durationSeconds: packet.duration, isKey: true };
        }
        packet = await orAbort(sink.getNextPacket(packet), signal);
      }
    } finally {
      closeWindow();
    }
  }

  close(): void {
    this.#samples.close();
    this.#input.dispose();
  }

  /** The film's last span takes all there is: durations in headers are often short by a frame. */
  #readingEnd(span: Span, lastEnd: number): number {
    const isLast = span.endSeconds >= lastEnd - SAME_MOMENT_SECONDS;
    return isLast ? Number.POSITIVE_INFINITY : span.endSeconds - SAME_MOMENT_SECONDS;
  }
}
