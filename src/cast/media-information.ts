import type { Delivery } from '../plan/types.ts';
import type { SessionView } from '../session/types.ts';
import type { CastToken } from './access.ts';
import type { MediaInformation } from './player.ts';

/** More than a menu holds; the message that tells them has 64 KiB. */
const MAX_TRACKS = 64;
const MAX_TITLE_CHARACTERS = 300;

/**
 * What LOAD says of a film ("MediaInformation" of Google's Media Playback Messages): where it is, that it is HLS of which kind of segments, how long,
 * what it is called, and its text tracks, which are the player's session's. `reference` comes back in every status: a sender that comes later knows the film by it.
 */
export function mediaInformation(
  { film, origin }: { film: SessionView; origin: SessionView },
  delivery: Delivery,
  tokens: { film: CastToken; subtitles: CastToken },
  reference: object,
): MediaInformation {
  const { live: isLive, durationSeconds } = film;
  return {
    contentId: delivery === 'mpegts' ? tokens.film.streamUrl : tokens.film.masterUrl,
    contentType: 'application/x-mpegURL',
    streamType: isLive ? 'LIVE' : 'BUFFERED',
    // Receivers take HLS for MPEG-TS unless told.
    hlsSegmentFormat: delivery === 'mpegts' ? 'ts' : 'fmp4',
    hlsVideoSegmentFormat: delivery === 'mpegts' ? 'mpeg2_ts' : 'fmp4',
    ...(isLive || durationSeconds === undefined ? {} : { duration: durationSeconds }),
    metadata: { metadataType: GENERIC_METADATA, title: origin.name.slice(0, MAX_TITLE_CHARACTERS) },
    tracks: textTracks(origin, tokens.subtitles),
    customData: { raffi: reference },
  };
}

/** A subtitle's number on the device; 0 is none for some receivers. */
export function trackIdOf(subtitleIndex: number): number {
  return subtitleIndex + 1;
}

/** The inverse; null without any. */
export function subtitleIndexOf(activeTrackIds: readonly number[]): number | null {
  const [trackId] = activeTrackIds;
  return trackId === undefined || trackId < 1 ? null : trackId - 1;
}

const GENERIC_METADATA = 0;

function textTracks({ subtitles = [] }: SessionView, token: CastToken): object[] {
  return subtitles
    .filter(({ isText }) => isText)
    .slice(0, MAX_TRACKS)
    .map(({ index, language, title }) => ({
      trackId: trackIdOf(index),
      type: 'TEXT',
      subtype: 'SUBTITLES',
      trackContentId: subtitleUrl(token.sessionUrl, index),
      trackContentType: 'text/vtt',
      name: (title ?? language ?? `Subtitles ${index + 1}`).slice(0, MAX_TITLE_CHARACTERS),
      // Required of subtitles (`chrome.cast.media.Track`); `und` is BCP 47's unknown.
      language: language ?? 'und',
    }));
}

function subtitleUrl(sessionUrl: string, index: number): string {
  const url = new URL(sessionUrl);
  url.pathname += `/subtitles/${index}.vtt`;
  return url.href;
}
