/** A film with more tracks is none: readers keep something of each. */
export const MAX_TRACKS = 1000;

interface AnyTrack {
  kind: 'video' | 'audio' | 'subtitle' | 'other';
  /** Whether its frames are still pictures by themselves (JPEG, PNG). */
  isPicture: boolean;
}

/**
 * The track whose keyframes are the film's: the first video, else the first audio. A track of JPEG or PNG frames is cover art or a
 * preview when there is another video track beside it, whatever its flags say (few muxers set any).
 */
export function mainTrack<T extends AnyTrack>(tracks: readonly T[]): T | undefined {
  const videos = tracks.filter((track) => track.kind === 'video');
  return (
    videos.find((track) => !track.isPicture) ?? videos[0] ?? tracks.find((track) => track.kind === 'audio')
  );
}
