import type { PlaybackDecision, VideoTarget } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';

/** B-frames of B-frames: what x264's presets reorder by. */
const ENCODED_REORDER_DEPTH = 2;

/** The film as a client gets it: encoded tracks are described by what they become. */
export function deliveredMedia(media: MediaInfo, { video, audio }: PlaybackDecision): MediaInfo {
  const picture = video?.target;
  return {
    ...(picture ? withPicture(media, picture) : media),
    audio: media.audio.map((stream) => {
      const target = audio[stream.position]?.target;
      if (target === undefined) return stream;
      const { codec, channels, sampleRate } = target;
      return { ...stream, codec, profile: 'LC', channels, sampleRate };
    }),
  };
}

/** The film with its (first) picture as an encoder makes it. */
export function withPicture(media: MediaInfo, { codec, level, width, height }: VideoTarget): MediaInfo {
  const [stream, ...others] = media.video;
  if (!stream) return media;
  const encoded = {
    ...stream,
    ...{ codec, profile: 'High', level, width, height },
    pixelFormat: 'yuv420p',
    bitDepth: 8,
    reorderDepth: ENCODED_REORDER_DEPTH,
    isInterlaced: false,
    rotationDegrees: 0,
    sampleAspectRatio: '1:1',
    colorTransfer: 'bt709',
    hdr: null,
  };
  return { ...media, video: [encoded, ...others] };
}
