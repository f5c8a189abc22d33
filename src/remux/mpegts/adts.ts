import { RaffiError } from '../../errors.ts';
import { AAC_RATES, type AacConfig } from '../aac.ts';

const HEADER_BYTES = 7;
const MAX_FRAME_BYTES = 0x1fff;

/**
 * A raw AAC frame with its ADTS header (ISO/IEC 14496-3 §1.A.2.2). SBR is signalled implicitly: the header carries the core's rate and type.
 * `codec_not_playable` for what ADTS cannot say: object types above 4, layouts in a program config element, odd rates.
 */
export function toAdts(frame: Uint8Array, config: AacConfig): Uint8Array {
  const rateIndex = AAC_RATES.indexOf(config.coreRate);
  const length = HEADER_BYTES + frame.length;
  if (!fitsAdts(config) || length > MAX_FRAME_BYTES) {
    throw new RaffiError(
      'codec_not_playable',
      'This kind of AAC cannot be sent as MPEG-TS. Play the film through its master playlist instead.',
    );
  }
  const channels = config.channelConfiguration;
  const out = Buffer.allocUnsafe(length);
  out[0] = 0xff;
  out[1] = 0xf1; // MPEG-4, no CRC
  out[2] = ((config.objectType - 1) << 6) | (rateIndex << 2) | (channels >> 2);
  out[3] = ((channels & 3) << 6) | (length >> 11);
  out[4] = (length >> 3) & 0xff;
  out[5] = ((length & 7) << 5) | 0x1f; // buffer fullness: variable rate
  out[6] = 0xfc;
  out.set(frame, HEADER_BYTES);
  return out;
}

/** Whether ADTS has the words for this configuration. */
export function fitsAdts(config: AacConfig): boolean {
  return (
    config.objectType >= 1 &&
    config.objectType <= 4 &&
    config.coreFrameSamples === 1024 &&
    config.channelConfiguration >= 1 &&
    config.channelConfiguration <= 7 &&
    AAC_RATES.includes(config.coreRate)
  );
}
