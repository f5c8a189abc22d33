import type { MediaInfo } from '../probe/media-info.ts';
import type { SessionView } from './types.ts';

/** Documented member: audio tracks and subtitles under one list, `index` counting within each type. */
export function availableStreams(media: MediaInfo): NonNullable<SessionView['availableStreams']> {
  const entry =
    (type: 'audio' | 'subtitle') =>
    (stream: MediaInfo['audio'][number] | MediaInfo['subtitles'][number]) => ({
      index: stream.position,
      type,
      codec: stream.codec,
      language: stream.language ?? '',
      title: stream.title ?? '',
    });
  return [...media.audio.map(entry('audio')), ...media.subtitles.map(entry('subtitle'))];
}

/** Documented member: chapters on the film clock, seconds. */
export function chapters(media: MediaInfo): NonNullable<SessionView['chapters']> {
  return media.chapters.map(({ startSeconds, endSeconds, title }) => ({
    startTime: startSeconds,
    endTime: endSeconds,
    title,
  }));
}

/** A name for a film nobody has opened yet: the last path segment of its URL or path, never a query string. */
export function nameOf(source: string): string {
  const url = /^https?:/i.test(source) && URL.canParse(source) ? new URL(source) : null;
  const last = (url?.pathname ?? source).split(/[\\/]/).filter(Boolean).at(-1) ?? url?.hostname ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
