import { RaffiError } from '../errors.ts';
import { clientOf } from '../plan/client.ts';
import { codecName } from '../plan/codec-names.ts';
import { audioObstacle, videoObstacle } from '../plan/track-rules.ts';
import type { Capabilities, Delivery, PlaybackDecision, TrackDecision } from '../plan/types.ts';
import type { AudioStream, MediaInfo, VideoStream } from '../probe/media-info.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { MemorySource } from '../source/memory-source.ts';
import type { OriginRenditionId } from './asset-names.ts';
import { damaged } from './limits.ts';
import type { OriginPlaylist, OriginRendition, OriginSegment } from './origin.ts';
import type { Presentation } from './presentation.ts';

/** What describes the bytes of a source: ffprobe. */
export type Examine = (source: ByteSource, signal: AbortSignal) => Promise<MediaInfo>;

/** Of a segment: far more than ffprobe reads to know its tracks. */
const EXAMINED_BYTES = 8 * 1024 * 1024;
/** How far before a live stream's end players begin (RFC 8216 §6.3.3): the segment they will ask for first anyway. */
const LIVE_START_SEGMENTS = 3;

/** What a presentation's tracks are, by the first segments of its first variant and of the sound that goes with it. */
export async function examinePresentation(
  presentation: Presentation,
  examine: Examine,
  signal: AbortSignal,
): Promise<MediaInfo> {
  const { audio } = presentation.offer;
  const chosen = Math.max(
    0,
    audio.findIndex(({ isDefault }) => isDefault),
  );
  const [picture, sound] = await Promise.all([
    examineRendition(presentation, 'v0', examine, signal),
    audio[chosen]?.track ? examineRendition(presentation, `a${chosen}`, examine, signal) : null,
  ]);
  const model = sound?.audio[0] ?? picture.audio[0];
  return {
    formats: [presentation.format, ...picture.formats],
    durationSeconds: presentation.durationSeconds,
    startSeconds: 0,
    bitRate: null,
    video: picture.video.slice(0, 1),
    audio:
      audio.length === 0 || !model
        ? picture.audio.slice(0, 1)
        : audio.map((one, position) => renditionStream(one, position, model)),
    subtitles: [],
    chapters: [],
  };
}

async function examineRendition(
  presentation: Presentation,
  rendition: OriginRenditionId,
  examine: Examine,
  signal: AbortSignal,
): Promise<MediaInfo> {
  const segment = firstPlayed(await presentation.playlist(rendition, signal));
  const bytes = await presentation.beginningOf(segment, EXAMINED_BYTES, signal);
  return examine(new MemorySource(bytes, rendition), signal);
}

function firstPlayed({ segments, hasEnded }: OriginPlaylist): OriginSegment {
  const first = hasEnded ? 0 : Math.max(0, segments.length - LIVE_START_SEGMENTS);
  const segment = segments.slice(first).find(({ isGap }) => !isGap);
  if (segment) return segment;
  if (hasEnded) throw damaged('has no segments');
  throw new RaffiError(
    'source_failed',
    'The live stream has not begun, or has nothing to show now. Try again in a moment.',
  );
}

/** A rendition is described by its own words, and by the one of them that was looked into. */
function renditionStream(rendition: OriginRendition, position: number, model: AudioStream): AudioStream {
  return {
    ...model,
    position,
    language: rendition.language ?? (position === 0 ? model.language : null),
    title: rendition.name || null,
    isDefault: rendition.isDefault,
    ...(rendition.channels === null || rendition.channels === model.channels
      ? {}
      : { channels: rendition.channels, channelLayout: null }),
  };
}

/** Whether a client can play the tracks as their origin packed them. Nothing of them is converted. */
export function passingDecision(
  media: MediaInfo,
  capabilities: Capabilities | undefined,
  delivery: Delivery,
): PlaybackDecision {
  const client = clientOf(capabilities);
  const [video] = media.video;
  return {
    delivery,
    video: video ? decision('video', video, videoObstacle(video, client)) : null,
    audio: media.audio.map((stream) => decision('audio', stream, audioObstacle(stream, client))),
  };
}

function decision(
  kind: 'video' | 'audio',
  stream: VideoStream | AudioStream,
  obstacle: string | null,
): TrackDecision {
  const passed = `${codecName(stream.codec)} is playable by this client, as the server has cut it.`;
  return {
    kind,
    position: stream.position,
    codec: stream.codec,
    action: obstacle === null ? 'copy' : 'transcode',
    reason: obstacle ?? passed,
  };
}
