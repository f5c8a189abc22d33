import { RaffiError } from '../errors.ts';
import type { AudioStream, MediaInfo, VideoStream } from '../probe/media-info.ts';
import { audioTarget } from './audio-target.ts';
import { type Client, clientOf } from './client.ts';
import { parseCodecString } from './codec-match.ts';
import { codecName } from './codec-names.ts';
import { type EncoderSpeed, UNKNOWN_SPEED } from './encoder-limits.ts';
import { ladderOf } from './ladder.ts';
import { audioObstacle, videoObstacle } from './track-rules.ts';
import type { Capabilities, Delivery, EncodeTarget, PlaybackDecision, TrackDecision } from './types.ts';
import { videoTarget } from './video-target.ts';

/** What a decision rests on beside the film and the client. */
export interface DecisionTerms {
  /** What keeps tracks from being taken out of their container as they are. */
  container?: ContainerObstacles | undefined;
  /** When smaller pictures are offered as well: never (there is no encoder), where the picture is encoded anyway, or for every picture. */
  ladder?: 'none' | 'encoded' | 'all';
  /** How fast pictures are encoded here. */
  speed?: EncoderSpeed;
}

/** Copy or transcode, per track, with the reason, and which smaller pictures there are. Pure. Without capabilities the documented baseline counts. */
export function decide(
  media: MediaInfo,
  capabilities: Capabilities | undefined,
  delivery: Delivery,
  { container = NO_OBSTACLES, ladder = 'none', speed = UNKNOWN_SPEED }: DecisionTerms = {},
): PlaybackDecision {
  const client = clientOf(capabilities);
  const [stream] = media.video;
  const video = stream
    ? withTarget(decideVideo(stream, client, delivery, container.video), () =>
        videoTarget(stream, capabilities, speed),
      )
    : null;
  const isOffered = ladder === 'all' || (ladder === 'encoded' && video?.action === 'transcode');
  // MPEG-TS is handed out as one media playlist: it has no variants.
  const rungs =
    stream && isOffered && delivery === 'cmaf' ? ladderOf(stream, capabilities, speed, video?.target) : [];
  return {
    delivery,
    video,
    audio: media.audio.map((sound) =>
      withTarget(decideAudio(sound, client, delivery, container.audio[sound.position] ?? null), () =>
        audioTarget(sound, capabilities),
      ),
    ),
    ...(rungs.length > 0 ? { rungs } : {}),
  };
}

/** Why a container's tracks cannot be taken out as they are, as sentences; null where they can. */
export interface ContainerObstacles {
  video: string | null;
  /** By position. */
  audio: readonly (string | null)[];
}

const NO_OBSTACLES: ContainerObstacles = { video: null, audio: [] };

/**
 * Throws `codec_not_playable` (with `data.reasons`) where there is no encoder and playing would be black or silent: the video, every audio
 * track, or the one asked for needs one.
 *
 * @param missingEncoder why there is none, and what to install
 */
export function assertCopyable(
  decision: PlaybackDecision,
  missingEncoder: string,
  audioPosition?: number,
): void {
  const reasons: string[] = [];
  if (decision.video?.action === 'transcode') reasons.push(decision.video.reason);
  const wanted = decision.audio.filter((t) => audioPosition === undefined || t.position === audioPosition);
  if (wanted.length > 0 && wanted.every((track) => track.action === 'transcode')) {
    reasons.push(...new Set(wanted.map((track) => track.reason)));
  }
  if (reasons.length === 0) return;
  throw new RaffiError(
    'codec_not_playable',
    `${reasons.join(' ')} It has to be converted while playing. ${missingEncoder}` +
      otherTrackHint(decision, audioPosition),
    { data: { reasons } },
  );
}

/** What each delivery carries, by ffprobe's codec names: what our writers can make of a copied track. */
const CARRIED: Record<Delivery, { name: string; video: readonly string[]; audio: readonly string[] }> = {
  mpegts: { name: 'MPEG-TS', video: ['h264', 'hevc'], audio: ['aac', 'mp3'] },
  cmaf: {
    name: 'fragmented MP4',
    video: ['h264', 'hevc', 'vp9', 'av1'],
    audio: ['aac', 'mp3', 'opus', 'flac'],
  },
};

function decideVideo(
  stream: VideoStream,
  client: Client,
  delivery: Delivery,
  container: string | null,
): TrackDecision {
  const name = codecName(stream.codec);
  const obstacle = videoObstacle(stream, client) ?? carriageObstacle(stream, delivery) ?? container;
  const interlaced = stream.isInterlaced ? ', interlaced as it is: the player has to deinterlace' : '';
  return decision('video', stream, obstacle, `${name} is playable by this client${interlaced}.`);
}

function decideAudio(
  stream: AudioStream,
  client: Client,
  delivery: Delivery,
  container: string | null,
): TrackDecision {
  const obstacle =
    audioObstacle(stream, client) ??
    carriageObstacle(stream, delivery) ??
    mp3InMp4Obstacle(stream, client, delivery) ??
    container;
  return decision('audio', stream, obstacle, `${codecName(stream.codec)} is playable by this client.`);
}

function decision(
  kind: 'video' | 'audio',
  stream: VideoStream | AudioStream,
  obstacle: string | null,
  copyReason: string,
): TrackDecision {
  return {
    kind,
    position: stream.position,
    codec: stream.codec,
    action: obstacle === null ? 'copy' : 'transcode',
    reason: obstacle ?? copyReason,
  };
}

function withTarget<T extends EncodeTarget>(
  decision: TrackDecision,
  target: () => T,
): TrackDecision & { target?: T } {
  return decision.action === 'copy' ? decision : { ...decision, target: target() };
}

function carriageObstacle(stream: VideoStream | AudioStream, delivery: Delivery): string | null {
  const carried = CARRIED[delivery];
  const isVideo = 'width' in stream;
  if (!(isVideo ? carried.video : carried.audio).includes(stream.codec)) {
    return `${codecName(stream.codec)} cannot be copied into ${carried.name} by this version.`;
  }
  // ADTS has two bits for the object type (ISO/IEC 14496-3 §1.A.2.2.1): Main, LC, SSR and LTP, with SBR signalled implicitly.
  const newerThanAdts = ['LD', 'ELD', 'xHE-AAC'].includes(stream.profile ?? '');
  if (delivery === 'mpegts' && stream.codec === 'aac' && newerThanAdts) {
    return `AAC of the kind ${stream.profile} cannot be carried in MPEG-TS.`;
  }
  return null;
}

/**
 * Chromium decodes MP3 in a file or as a bare stream (`mp3`), but its Media Source refuses it in MP4 (measured: Electron 41), which
 * has strings of its own: `mp4a.69`, `mp4a.6B`, `mp4a.40.34`.
 */
function mp3InMp4Obstacle(stream: AudioStream, client: Client, delivery: Delivery): string | null {
  if (stream.codec !== 'mp3' || delivery !== 'cmaf') return null;
  const inMp4 = client.audio.filter((codecString) => /^mp4a\./i.test(codecString));
  return inMp4.some((codecString) => parseCodecString(codecString)?.codec === 'mp3')
    ? null
    : 'MP3 in fragmented MP4 is not playable by this client.';
}

function otherTrackHint(decision: PlaybackDecision, audioPosition: number | undefined): string {
  if (decision.video?.action === 'transcode' || audioPosition === undefined) return '';
  const playable = decision.audio.find((track) => track.action === 'copy');
  return playable ? ` Audio track ${playable.position + 1} is playable as it is.` : '';
}
