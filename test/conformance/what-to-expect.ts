import { FILM_NAMES, type FilmName, filmFacts, type VideoFacts } from '../lab/media/index.ts';

/** Films whose containers keep no index that we can do without: encoded whole, and refused with `no_index` where there is no ffmpeg. */
export const WITHOUT_INDEX: readonly FilmName[] = ['avi', 'ts-open-gop'];

/** A day has 17,280 segments: only some of them are looked at, in a test of their own. */
export const isDayLong = (name: FilmName) => name.startsWith('day-long');

/** Films that the core delivers whole to a player that knows every codec. */
export const PLAYABLE: readonly FilmName[] = FILM_NAMES.filter(
  (name) => filmFacts(name).health === 'copy' && !WITHOUT_INDEX.includes(name) && !isDayLong(name),
);

/** Films, none of them long, whose picture or only sound a client which says nothing of itself gets encoded. */
export const ENCODED: readonly FilmName[] = FILM_NAMES.filter((name) => {
  const { health, video, audio } = filmFacts(name);
  if (video === null || filmSeconds(name) > 30 || audio.length > 1 || WITHOUT_INDEX.includes(name))
    return false;
  return health === 'encoder' || name.startsWith('hevc-aac');
});

/** ffmpeg's name for the film's picture: cover art that comes first is none. */
export function pictureStream(name: FilmName): string {
  return name.startsWith('cover-first') ? 'v:1' : 'v:0';
}

/** Positions of the audio tracks that fragmented MP4 carries. */
export function copiedTracks(name: FilmName): number[] {
  const positions = filmFacts(name).audio.map(({ codec }, position) => ({ codec, position }));
  return positions
    .filter(({ codec }) => ['aac', 'mp3', 'opus', 'flac'].includes(codec))
    .map(({ position }) => position);
}

/** Whether MPEG-TS carries the film's picture and, where there is sound, a track to start with. */
export function isTransportable(name: FilmName): boolean {
  const { video, audio } = filmFacts(name);
  const picture = video === null || ['h264', 'hevc'].includes(video.codec);
  return picture && (audio.length === 0 || audio.some(({ codec }) => ['aac', 'mp3'].includes(codec)));
}

/**
 * Pictures that an open GOP shows before its keyframe refer to the GOP before (ISO/IEC 14496-10, recovery point): whoever
 * begins at the segment cannot show them, and ffmpeg says that a reference is missing. The playlists do not claim
 * INDEPENDENT-SEGMENTS. They are decoded before the segment's own time begins: decode times of two segments overlap by those
 * pictures, presentation times do not.
 */
export const isOpenGop = (name: FilmName) => name.startsWith('open-gop');

/** What ffmpeg says of a film's segments decoded alone, and may. */
export function isExpectedComplaint(name: FilmName, line: string): boolean {
  return isOpenGop(name) && line.includes('mmco: unref short failure');
}

/** Pictures behind an edit list are needed to decode those after it; ours lie squeezed together at film time 0. */
export const hasPreRoll = (name: FilmName) => name === 'edit-list-mp4';

/** The longest a picture is shown before the next one, by the film's nominal rate, seconds. */
export function frameSeconds({ rate: [numerator, denominator] }: VideoFacts): number {
  return denominator / numerator;
}

/** When the film ends, seconds. */
export function filmSeconds(name: FilmName): number {
  const { video, audio } = filmFacts(name);
  const last = video?.frameTimes?.at(-1)?.timeSeconds;
  const videoEnd =
    video === null ? 0 : (last ?? (video.frames - 1) * frameSeconds(video)) + frameSeconds(video);
  return Math.max(videoEnd, ...audio.map(({ endSeconds }) => endSeconds));
}
