import type { PlaybackDecision } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';

/** B-frames of B-frames: what x264's presets reorder by. */
const ENCODED_REORDER_DEPTH = 2;

/** The film as a client gets it: encoded tracks are described by what they become. */
export function deliveredMedia(media: MediaInfo, decision: PlaybackDecision): MediaInfo {
  const picture = decision.video?.target;
  return {
    ...media,
    video: media.video.map((stream) =>
      picture === undefined || stream.position !== decision.video?.position
        ? stream
        : {
            ...stream,
            codec: picture.codec,
            profile: 'High',
            level: picture.level,
            width: picture.width,
            height: picture.height,
            pixelFormat: 'yuv420p',
            bitDepth: 8,
            reorderDepth: ENCODED_REORDER_DEPTH,
            isInterlaced: false,
            rotationDegrees: 0,
            sampleAspectRatio: '1:1',
            colorTransfer: 'bt709',
            hdr: null,
          },
    ),
    audio: media.audio.map((stream) => {
      const target = decision.audio[stream.position]?.target;
      if (target === undefined) return stream;
      const { codec, channels, sampleRate } = target;
      return { ...stream, codec, profile: 'LC', channels, sampleRate };
    }),
  };
}
