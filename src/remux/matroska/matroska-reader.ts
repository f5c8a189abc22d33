import { RaffiError } from '../../errors.ts';
import type { ContainerIndex } from '../../plan/types.ts';
import { mainTrack } from '../../probe/container-index/main-track.ts';
import { isPictureCodec } from '../../probe/container-index/matroska/segment-head.ts';
import { SingleFlight } from '../../single-flight.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { ByteCursor } from '../byte-cursor.ts';
import type { AudioFormat, Packet, PacketReader, Span, VideoFormat } from '../packet.ts';
import { type AudioTrack, readAudio } from './audio-reading.ts';
import { readBlocks } from './blocks.ts';
import { type FirstPacket, findFirstPackets } from './first-packets.ts';
import { audioFormat, videoFormat } from './formats.ts';
import { readMatroskaHead } from './head.ts';
import type { MatroskaTrack } from './tracks.ts';
import { type MatroskaFilm, readVideo } from './video-reading.ts';
import { vp9ConfigOf } from './vp9-frame.ts';

/**
 * A reader of Matroska and WebM. Reads blocks by byte range, straight from the cluster a span begins in. Rejects with `media_damaged` when the
 * file names no tracks.
 */
export async function openMatroskaReader(
  source: ByteSource,
  index: ContainerIndex,
  signal?: AbortSignal,
): Promise<PacketReader> {
  const head = await readMatroskaHead(source, signal);
  // The same choice as the index's: its keyframes are this track's.
  const main = mainTrack(
    head.tracks.map((track) => ({ ...track, isPicture: isPictureCodec(track.codecId) })),
  );
  const video = main?.kind === 'video' ? main : null;
  const audio = head.tracks.filter((track) => track.kind === 'audio');
  if (!main) throw new RaffiError('media_damaged', 'The Matroska file has no video and no audio track.');
  const film: MatroskaFilm = { source, index, head, main };
  const needsFrame = video?.codecId === 'V_VP9' && !video.codecPrivate;
  const vp9 = needsFrame ? vp9ConfigOf(await firstFrame(film, video, signal)) : null;
  return new MatroskaReader(film, video, video && videoFormat(video, vp9), audio);
}

class MatroskaReader implements PacketReader {
  readonly video: VideoFormat | null;
  readonly audio: readonly (AudioFormat | null)[];
  readonly #film: MatroskaFilm;
  readonly #videoTrack: MatroskaTrack | null;
  readonly #audioTracks: readonly MatroskaTrack[];
  readonly #flight = new SingleFlight<Map<number, FirstPacket>>();
  #firstPackets: Map<number, FirstPacket> | null = null;

  constructor(
    film: MatroskaFilm,
    videoTrack: MatroskaTrack | null,
    video: VideoFormat | null,
    audioTracks: readonly MatroskaTrack[],
  ) {
    this.#film = film;
    this.#videoTrack = videoTrack;
    this.#audioTracks = audioTracks;
    this.video = video;
    this.audio = audioTracks.map(audioFormat);
  }

  async *videoPackets(span: Span, signal?: AbortSignal): AsyncGenerator<Packet, void, undefined> {
    if (this.video && this.#videoTrack) yield* readVideo(this.#film, this.#videoTrack, span, signal);
  }

  async *audioPackets(
    position: number,
    span: Span,
    signal?: AbortSignal,
  ): AsyncGenerator<Packet, void, undefined> {
    const track = this.#audioTracks[position];
    const format = this.audio[position];
    if (!track || !format) return;
    const first = (await this.#findFirstPackets(signal)).get(track.number) ?? { offset: 0, grid: null };
    const audio: AudioTrack = { track, format, first };
    yield* readAudio(this.#film, audio, span, signal);
  }

  close(): void {
    this.#flight.abortAll(new RaffiError('aborted', 'The film was closed.'));
  }

  async #findFirstPackets(signal?: AbortSignal): Promise<Map<number, FirstPacket>> {
    if (this.#firstPackets) return this.#firstPackets;
    const tracks = this.#audioTracks.flatMap((track, i) => {
      const format = this.audio[i];
      return format ? [{ track, format }] : [];
    });
    const find = (running: AbortSignal) => findFirstPackets(this.#film, tracks, running);
    this.#firstPackets = await this.#flight.run('first', find, signal);
    return this.#firstPackets;
  }
}

async function firstFrame(
  film: MatroskaFilm,
  track: MatroskaTrack,
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  const start = film.index.keyframes[0]?.offset ?? 0;
  const cursor = new ByteCursor(film.source, start, start + (1 << 18), film.head.sizeBytes, signal);
  try {
    for await (const block of readBlocks(cursor, (number) => number === track.number)) {
      if (block.trackNumber === track.number) return block.frames[0] ?? null;
    }
    return null;
  } finally {
    await cursor.close();
  }
}
