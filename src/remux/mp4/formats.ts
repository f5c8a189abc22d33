import type { InputAudioTrack, InputVideoTrack } from 'mediabunny';
import { aacCodecString, channelCountOf, parseAudioSpecificConfig } from '../aac.ts';
import type { AudioFormat, VideoFormat } from '../packet.ts';
import { isSampleRate } from '../sample-rate.ts';

/** The format of a video track; null for codecs we cannot copy. */
export async function videoFormat(track: InputVideoTrack): Promise<VideoFormat | null> {
  const codec = await track.getCodec();
  if (codec !== 'avc' && codec !== 'hevc' && codec !== 'vp9' && codec !== 'av1' && codec !== 'vp8')
    return null;
  const config = await track.getDecoderConfig();
  if (!config) return null;
  const description = bytesOf(config.description);
  if ((codec === 'avc' || codec === 'hevc') && !description) return null;
  const aspect = await track.getPixelAspectRatio();
  return {
    kind: 'video',
    codec,
    codecString: outOfBand(config.codec, description),
    width: await track.getCodedWidth(),
    height: await track.getCodedHeight(),
    pixelAspect: [aspect.num, aspect.den],
    rotationDegrees: await track.getRotation(),
    description,
  };
}

/** The format of an audio track; null for codecs we cannot copy. */
export async function audioFormat(track: InputAudioTrack): Promise<AudioFormat | null> {
  const codec = await track.getCodec();
  if (codec !== 'aac' && codec !== 'mp3' && codec !== 'opus' && codec !== 'flac') return null;
  const config = await track.getDecoderConfig();
  if (!config || !isSampleRate(config.sampleRate)) return null;
  const description = bytesOf(config.description);
  const base = {
    kind: 'audio',
    codec,
    codecString: config.codec,
    sampleRate: config.sampleRate,
    channels: config.numberOfChannels,
    description,
  } as const;
  if (codec === 'opus') return { ...base, sampleRate: 48000 };
  if (codec !== 'aac') return base;
  const aac = description && parseAudioSpecificConfig(description);
  if (!aac) return null;
  const channels = aac.ps ? 2 : channelCountOf(aac.channelConfiguration) || base.channels;
  return { ...base, codecString: aacCodecString(aac), sampleRate: aac.outputRate, channels };
}

/** Parameter sets in the record make it `hvc1`/`avc1`, which all players know; the other tags allow them in the stream too. */
function outOfBand(codec: string, description: Uint8Array | null): string {
  if (codec.startsWith('hev1.') && description?.[22]) return `hvc1.${codec.slice(5)}`;
  if (codec.startsWith('avc3.') && description && ((description[5] ?? 0) & 0x1f) > 0)
    return `avc1.${codec.slice(5)}`;
  return codec;
}

function bytesOf(description: AllowSharedBufferSource | undefined): Uint8Array | null {
  if (!description) return null;
  if (ArrayBuffer.isView(description)) {
    return new Uint8Array(description.buffer, description.byteOffset, description.byteLength);
  }
  return new Uint8Array(description);
}
