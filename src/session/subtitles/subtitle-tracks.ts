import { RaffiError } from '../../errors.ts';
import type { GrowingParts } from '../../remux/byte-parts.ts';
import { type Cue, isWithin, type TimeWindow } from '../../subtitles/cue.ts';
import { noSuchTrack } from '../../subtitles/embedded/open-text-track.ts';
import { readSubtitleFile } from '../../subtitles/read-subtitle-file.ts';
import { webvttHeader, writeCues } from '../../subtitles/webvtt/write-webvtt.ts';
import type { Film } from '../deliver.ts';
import type { FilmWaits } from '../film-waits.ts';
import type { MediaAsset, SubtitleTrack, SubtitleUpload } from '../types.ts';
import { BesideFiles } from './beside-files.ts';
import { OwnTracks, type OwnTracksContext, type Wanted } from './own-tracks.ts';

/** More than anybody adds; each is kept in memory. */
const MAX_ADDED = 16;

const encoder = new TextEncoder();

export interface SubtitleTracksContext extends OwnTracksContext {
  waits: FilmWaits;
}

/**
 * A session's subtitles, in this order: the film's own tracks, the files that lie beside it, both read when somebody asks for them, and the files that
 * were added. What comes before a track is known when the film is, so that its index stays.
 */
export class SubtitleTracks {
  readonly #waits: FilmWaits;
  readonly #own: OwnTracks;
  readonly #beside = new BesideFiles();
  readonly #added: { track: Omit<SubtitleTrack, 'index'>; cues: readonly Cue[] }[] = [];

  constructor({ waits, ...context }: SubtitleTracksContext) {
    this.#waits = waits;
    this.#own = new OwnTracks(context);
  }

  /** A track's place in the list is its index. */
  list({ media, beside }: Pick<Film, 'media' | 'beside'>): SubtitleTrack[] {
    return [
      ...media.subtitles.map(({ codec, language, title, isText, isDefault, isForced }) => ({
        ...{ codec, language, title, isText, isDefault, isForced },
        isExternal: false,
      })),
      ...beside.map(({ codec, language, title, isForced }) => external({ codec, language, title, isForced })),
      ...this.#added.map(({ track }) => track),
    ].map((track, index) => ({ index, ...track }));
  }

  /** @throws `bad_subtitles`, and why the film cannot be opened: only an open film tells how many tracks precede */
  async add({ bytes, language, title }: SubtitleUpload, signal?: AbortSignal): Promise<SubtitleTrack> {
    const { codec, cues } = readSubtitleFile(bytes, language);
    const film = await this.#waits.forPlaylist(signal);
    if (this.#added.length >= MAX_ADDED) {
      throw new RaffiError('bad_subtitles', `A film can have ${MAX_ADDED} added subtitle files at most.`);
    }
    const track = external({ codec, language, title, isForced: false });
    this.#added.push({ track, cues });
    return { index: this.list(film).length - 1, ...track };
  }

  /**
   * A track as WebVTT, from its first lines on while the rest is being read.
   *
   * @throws `subtitle_not_found`, `subtitle_not_text`, `bad_subtitles` of a file beside the film, `wait_exceeded`, and what reading the film or that
   * file rejects with
   */
  document(index: number, window: TimeWindow, signal?: AbortSignal): Promise<MediaAsset> {
    return this.#make({ index, window, as: 'document' }, signal);
  }

  /** The same as a segment of HLS. */
  segment(index: number, window: TimeWindow, signal?: AbortSignal): Promise<MediaAsset> {
    return this.#make({ index, window, as: 'segment' }, signal);
  }

  async close(): Promise<void> {
    const reason = new RaffiError('session_not_found', 'The session was closed. Open the film again.');
    this.#own.close(reason);
    await this.#beside.close(reason);
  }

  async #make(wanted: Wanted, signal?: AbortSignal): Promise<MediaAsset> {
    const made = await this.#waits.forGrowing(
      'The subtitle track',
      (film, running) => this.#produce(film, wanted, running),
      signal,
    );
    return { ...made, contentType: 'text/vtt; charset=utf-8' };
  }

  async #produce(film: Film, wanted: Wanted, signal: AbortSignal): Promise<GrowingParts> {
    const { index, window, as } = wanted;
    if (index < film.media.subtitles.length) return this.#own.read(film, wanted, signal);
    const cues = await this.#cuesOfFile(film, index - film.media.subtitles.length, signal);
    const shown = cues.filter((cue) => isWithin(cue, window));
    return { parts: [encoder.encode(webvttHeader(as) + writeCues(shown))] };
  }

  async #cuesOfFile({ beside }: Film, place: number, signal: AbortSignal): Promise<readonly Cue[]> {
    const file = beside[place];
    if (file) return this.#beside.cues(file, signal);
    const added = this.#added[place - beside.length];
    if (added) return added.cues;
    throw noSuchTrack();
  }
}

function external(
  said: Pick<SubtitleTrack, 'codec' | 'language' | 'title' | 'isForced'>,
): Omit<SubtitleTrack, 'index'> {
  return { ...said, isText: true, isDefault: false, isExternal: true };
}
