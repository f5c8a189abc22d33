import { isIP } from 'node:net';
import { Presentation } from '../adaptive/presentation.ts';
import { problem, RaffiError } from '../errors.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import type { TorrentView } from '../torrent/status.ts';
import type { Film } from './deliver.ts';
import type { FilmOpener } from './film-opener.ts';
import type { Session, SessionRequest, SessionView, Stage, SubtitleTrack } from './types.ts';

/** What is known of a session now. */
export function sessionView(
  { id, request }: Pick<Session, 'id' | 'request'>,
  createdAt: string,
  { film, stage, error }: Pick<FilmOpener, 'film' | 'stage' | 'error'>,
  audioIndex: number,
): SessionView {
  return {
    id,
    source: request.source,
    kind: request.kind,
    createdAt,
    startTime: request.startTime ?? 0,
    audioIndex,
    name: nameOf(request.source),
    stage,
    ...(film ? filmView(film) : {}),
    ...(error ? { error: errorView(error) } : {}),
  };
}

/** What is known once the film is. */
function filmView({ info, media, decisions, packaging }: Film): Partial<SessionView> {
  const durationSeconds = durationOf(packaging) ?? media.durationSeconds;
  const isLive = packaging instanceof Presentation && packaging.isLive;
  return {
    ...(durationSeconds === null || isLive ? {} : { durationSeconds }),
    ...(isLive ? { live: true } : {}),
    chapters: chapters(media),
    name: info.name,
    media,
    decisions,
  };
}

/** Seconds; null for a live stream, and where nothing was cut. */
function durationOf(packaging: Film['packaging']): number | null {
  if (packaging instanceof RaffiError) return null;
  return packaging instanceof Presentation ? packaging.durationSeconds : packaging.cmaf.plan.durationSeconds;
}

export function errorView(error: RaffiError): NonNullable<SessionView['error']> {
  const { code, title, detail } = problem(error);
  return { code, title, detail };
}

/** Documented member, `availableStreams`: audio tracks and subtitles under one list, `index` counting within each type. With it all that ours tell. */
export function subtitleMembers(
  { audio }: Pick<MediaInfo, 'audio'>,
  subtitles: SubtitleTrack[],
): Pick<SessionView, 'availableStreams' | 'subtitles'> {
  const entry = (
    type: 'audio' | 'subtitle',
    index: number,
    { codec, language, title }: Pick<SubtitleTrack, 'codec' | 'language' | 'title'>,
  ) => ({ index, type, codec, language: language ?? '', title: title ?? '' });
  return {
    availableStreams: [
      ...audio.map((stream) => entry('audio', stream.position, stream)),
      ...subtitles.map((track) => entry('subtitle', track.index, track)),
    ],
    subtitles,
  };
}

/** Documented member: chapters on the film clock, seconds. */
function chapters(media: MediaInfo): NonNullable<SessionView['chapters']> {
  return media.chapters.map(({ startSeconds, endSeconds, title }) => ({
    startTime: startSeconds,
    endTime: endSeconds,
    title,
  }));
}

/** What is waited for first: a torrent's description, a host's address, or the connection at once. */
export function firstStageOf({ kind, source }: Pick<SessionRequest, 'kind' | 'source'>): Stage {
  if (kind === 'torrent') return 'metadata';
  const hasHostName = kind === 'http' && URL.canParse(source) && isIP(hostOf(source)) === 0;
  return hasHostName ? 'resolve' : 'connect';
}

/** What a view says of a torrent; nothing for other sources. */
export function torrentMembers(torrent: TorrentView | undefined): Partial<SessionView> {
  if (!torrent) return {};
  return {
    isTorrent: true,
    torrentInfoHash: torrent.infoHash,
    ...(torrent.name === null ? {} : { name: torrent.name }),
    torrent,
  };
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

/** A source as it may be listed: a URL's query and user may carry a key, and so may a magnet link's trackers. A path is given as it is. */
export function withoutSecrets(source: string): string {
  if (/^magnet:/i.test(source)) return source.replace(/&(?:tr|ws|xs|as)(?:\.\d+)?=[^&]*/gi, '');
  if (!/^https?:/i.test(source) || !URL.canParse(source)) return source;
  const { origin, pathname } = new URL(source);
  return origin + pathname;
}

/** A name for a film nobody has opened yet: the last path segment of its URL or path, never a query string. */
export function nameOf(source: string): string {
  if (/^magnet:/i.test(source))
    return new URLSearchParams(source.slice(source.indexOf('?') + 1)).get('dn') ?? 'Torrent';
  const url = /^https?:/i.test(source) && URL.canParse(source) ? new URL(source) : null;
  const last = (url?.pathname ?? source).split(/[\\/]/).filter(Boolean).at(-1) ?? url?.hostname ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
