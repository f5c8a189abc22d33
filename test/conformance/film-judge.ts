import { type FilmName, film, filmFacts } from '../lab/media/index.ts';
import type { SegmentFound, SourceStream } from './continuity.ts';
import type { Delivery } from './film-delivery.ts';
import { type FragmentTimes, fragmentTimes } from './fragment-times.ts';
import { type Measured, type Measurement, measure, type Subject } from './measure.ts';
import type { MediaPlaylist } from './playlists.ts';
import { pictureStream } from './what-to-expect.ts';

/** A stream of a delivery: a CMAF rendition, or a part of the transport stream. */
export type Part = 'v0' | `a${number}` | 'ts-video' | 'ts-audio';

/** The source on the film clock. */
export interface Source {
  video: SourceStream;
  audio: SourceStream[];
}

interface PartSubject extends Subject {
  parts: Part[];
}

/** ffmpeg's word on everything a film was delivered as: each segment alone, all of them joined, and the source. */
export class FilmJudge {
  readonly source: Source;
  /** Position of the audio track in the transport stream. */
  readonly transportTrack: number;
  /** Of segments decoded alone. */
  readonly complaints: string[] = [];
  /** Of the joined segments and the source. */
  readonly wholeComplaints: string[];
  readonly #cut: Cutter;
  readonly #alone = new Map<Part, SegmentFound[]>();
  readonly #whole = new Map<Part, Measured>();

  static async of(
    name: FilmName,
    delivery: Delivery,
    fetched: ReadonlyMap<string, Uint8Array>,
  ): Promise<FilmJudge> {
    const cut = new Cutter(name, delivery, fetched);
    const counts = cut.playlists.map(({ segments }) => segments.length);
    const [whole, ...alone] = await Promise.all([
      measure([await sourceOf(name), ...cut.subjects(null)]),
      ...Array.from({ length: Math.max(...counts) }, (_, index) => measure(cut.subjects(index))),
    ]);
    return new FilmJudge(name, cut, whole, alone);
  }

  private constructor(name: FilmName, cut: Cutter, whole: Measurement, alone: readonly Measurement[]) {
    const streams = sourceStreams(name);
    this.#cut = cut;
    this.source = onFilmClock(name, whole.streams.slice(0, streams.length));
    this.transportTrack = cut.transportTrack;
    this.wholeComplaints = whole.errors;
    for (const [at, part] of cut.parts(null).entries()) {
      this.#whole.set(part, whole.streams[streams.length + at] ?? { packets: [], frames: [] });
    }
    for (const [index, { errors, streams: found }] of alone.entries()) {
      this.complaints.push(...errors.map((line) => `segment ${index}: ${line}`));
      for (const [at, part] of cut.parts(index).entries()) {
        const segments = this.#alone.get(part) ?? [];
        const extinfSeconds = cut.playlistOf(part)?.segments[index]?.durationSeconds ?? Number.NaN;
        segments.push({ extinfSeconds, found: found[at] ?? { packets: [], frames: [] } });
        this.#alone.set(part, segments);
      }
    }
  }

  /** Each segment, decoded alone. */
  alone(part: Part): SegmentFound[] {
    return this.#alone.get(part) ?? [];
  }

  /** A part's segments by their own clock: fMP4's boxes; in MPEG-TS the sound's packets, as long as their codec's frames. */
  times(part: Part): FragmentTimes[] {
    if (part !== 'ts-audio') return this.#cut.fragments(part);
    return this.alone(part).map(({ found: { packets } }) => {
      const longestSeconds = Math.max(0, ...packets.map(({ durationSeconds }) => durationSeconds));
      const startSeconds = packets[0]?.ptsSeconds ?? Number.NaN;
      const endSeconds = (packets.at(-1)?.ptsSeconds ?? Number.NaN) + longestSeconds;
      return { startSeconds, endSeconds, longestSeconds };
    });
  }

  /** All segments, joined; undefined when the film is not delivered so. */
  whole(part: Part): Measured | undefined {
    return this.#whole.get(part);
  }
}

/** Joins init segments and media segments to files that ffmpeg reads. */
class Cutter {
  readonly playlists: MediaPlaylist[];
  readonly transportTrack: number;
  readonly #name: FilmName;
  readonly #delivery: Delivery;
  readonly #fetched: ReadonlyMap<string, Uint8Array>;

  constructor(name: FilmName, delivery: Delivery, fetched: ReadonlyMap<string, Uint8Array>) {
    const { renditions, transport } = delivery;
    this.playlists = [...renditions.map(({ playlist }) => playlist), ...(transport ? [transport] : [])];
    this.transportTrack = Math.max(
      0,
      filmFacts(name).audio.findIndex(({ isDefault }) => isDefault),
    );
    this.#name = name;
    this.#delivery = delivery;
    this.#fetched = fetched;
  }

  playlistOf(part: Part): MediaPlaylist | null {
    if (part.startsWith('ts')) return this.#delivery.transport;
    return this.#delivery.renditions.find(({ id }) => id === part)?.playlist ?? null;
  }

  /** Segment `index` of everything that has one, or all segments joined. */
  subjects(index: number | null): PartSubject[] {
    const { renditions, transport } = this.#delivery;
    const { audio } = filmFacts(this.#name);
    const subjects: PartSubject[] = [];
    for (const { id, playlist } of renditions) {
      const media = this.#joined(playlist, index);
      const streams = [id === 'v0' ? 'v:0' : 'a:0'];
      if (media) subjects.push({ media, streams, parts: [id as Part] });
    }
    const media = transport && this.#joined(transport, index);
    if (media) {
      // Where the sound outlasts the picture, the last segments hold sound alone.
      const pictures = renditions.find(({ id }) => id === 'v0')?.playlist.segments.length ?? 0;
      const hasPicture = index === null ? pictures > 0 : index < pictures;
      const hasSound = audio.length > 0;
      subjects.push({
        media,
        streams: [...(hasPicture ? ['v:0'] : []), ...(hasSound ? ['a:0'] : [])],
        parts: [...(hasPicture ? (['ts-video'] as const) : []), ...(hasSound ? (['ts-audio'] as const) : [])],
        hasAdts: audio[this.transportTrack]?.codec === 'aac',
      });
    }
    return subjects;
  }

  parts(index: number | null): Part[] {
    return this.subjects(index).flatMap(({ parts }) => parts);
  }

  fragments(part: Part): FragmentTimes[] {
    const { map = null, segments = [] } = this.playlistOf(part) ?? {};
    const bytesOf = (uri: string | null) => this.#fetched.get(uri ?? '') ?? new Uint8Array(0);
    return segments.map(({ uri }) => fragmentTimes(bytesOf(map), bytesOf(uri)));
  }

  #joined({ map, segments }: MediaPlaylist, index: number | null): Uint8Array | null {
    const wanted = index === null ? segments : segments.slice(index, index + 1);
    if (wanted.length === 0) return null;
    const uris = [...(map === null ? [] : [map]), ...wanted.map(({ uri }) => uri)];
    return Buffer.concat(uris.map((uri) => this.#fetched.get(uri) ?? new Uint8Array(0)));
  }
}

async function sourceOf(name: FilmName): Promise<Subject> {
  const { container, audio } = filmFacts(name);
  const hasAdts = container === 'mpegts' && audio.some(({ codec }) => codec === 'aac');
  return { media: await film(name), streams: sourceStreams(name), hasAdts };
}

function sourceStreams(name: FilmName): string[] {
  const { video, audio } = filmFacts(name);
  return [...(video ? [pictureStream(name)] : []), ...audio.map((_, position) => `a:${position}`)];
}

/** Film time 0 is the first picture that is shown, or the first sound where there is no picture. */
function onFilmClock(name: FilmName, streams: readonly Measured[]): Source {
  const { video } = filmFacts(name);
  const originSeconds = streams[0]?.frames[0]?.ptsSeconds ?? 0;
  const shifted = streams.map(({ packets, frames }) => ({
    packets: packets.map((packet) => ({ ...packet, ptsSeconds: packet.ptsSeconds - originSeconds })),
    frames: frames.map((frame) => ({ ...frame, ptsSeconds: frame.ptsSeconds - originSeconds })),
  }));
  const [picture = { packets: [], frames: [] }, ...rest] = shifted;
  return video ? { video: picture, audio: rest } : { video: { packets: [], frames: [] }, audio: shifted };
}
