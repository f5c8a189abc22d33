import type { MediaInfo } from '../probe/media-info.ts';
import { clientOf } from './client.ts';
import { defaultAudioPosition } from './default-audio.ts';
import { audioObstacle, videoObstacle } from './track-rules.ts';
import type { Capabilities, DirectDecision } from './types.ts';

/**
 * Whether `<video src>` plays the source as it is: its container and the first video and audio track. A media element picks the tracks
 * by itself, so a film that starts with another audio track than its first is not for direct play.
 *
 * @param hint The origin's content type or the file's name, which tell WebM from Matroska and M4A from MP4.
 * @param languages The viewer's, BCP 47.
 */
export function decideDirect(
  media: MediaInfo,
  hint: { contentType?: string | null; name?: string },
  capabilities: Capabilities | undefined,
  languages: readonly string[] = [],
): DirectDecision {
  const client = clientOf(capabilities);
  const candidates = mimeTypes(media, hint);
  const container = candidates.find((type) => client.containers.includes(type));
  if (container === undefined) {
    return no(`The container (${candidates[0] ?? media.formats.join(', ')}) is not playable by this client.`);
  }
  const [video] = media.video;
  const [audio] = media.audio;
  if (!video && !audio) return no('The file has neither picture nor sound.');
  const obstacle =
    (video ? videoObstacle(video, client) : null) ?? (audio ? audioObstacle(audio, client) : null);
  if (obstacle !== null) return no(obstacle);
  if (defaultAudioPosition(media.audio, languages) !== (audio?.position ?? null)) {
    return no('The film starts with another audio track than its first, which a media element would play.');
  }
  return { playable: true, reason: `The client plays this file (${container}) as it is.` };
}

/** The MIME types the file could go by, the likeliest first. */
function mimeTypes(media: MediaInfo, hint: { contentType?: string | null; name?: string }): string[] {
  const kind = media.video.length > 0 ? 'video' : 'audio';
  const extension = /\.([a-z0-9]+)$/i.exec(hint.name ?? '')?.[1]?.toLowerCase() ?? '';
  const has = (format: string) => media.formats.includes(format);
  if (has('webm') || has('matroska')) {
    const isWebm = extension === 'webm' || hint.contentType === `${kind}/webm`;
    return isWebm && isWebmSubset(media) ? [`${kind}/webm`] : [`${kind}/x-matroska`, `${kind}/matroska`];
  }
  if (has('mp4') || has('mov')) {
    return extension === 'mov' ? ['video/quicktime', `${kind}/mp4`] : [`${kind}/mp4`, 'video/mp4'];
  }
  for (const [format, types] of Object.entries(OTHERS)) if (has(format)) return types(kind);
  return [];
}

/** WebM is Matroska with these codecs only (webmproject.org/docs/container). */
function isWebmSubset(media: MediaInfo): boolean {
  return (
    media.video.every((stream) => ['vp8', 'vp9', 'av1'].includes(stream.codec)) &&
    media.audio.every((stream) => ['vorbis', 'opus'].includes(stream.codec))
  );
}

const OTHERS: Record<string, (kind: string) => string[]> = {
  ogg: (kind) => [`${kind}/ogg`],
  mp3: () => ['audio/mpeg', 'audio/mp3'],
  flac: () => ['audio/flac'],
  wav: () => ['audio/wav', 'audio/x-wav'],
  aac: () => ['audio/aac'],
  mpegts: () => ['video/mp2t'],
};

function no(reason: string): DirectDecision {
  return { playable: false, reason };
}
