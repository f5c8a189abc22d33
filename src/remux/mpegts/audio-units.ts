import { RaffiError } from '../../errors.ts';
import { parseAudioSpecificConfig } from '../aac.ts';
import { parseMp3Header } from '../mp3-header.ts';
import type { AudioFormat, Packet } from '../packet.ts';
import { toAdts } from './adts.ts';
import { STREAM_TYPE } from './psi.ts';

/** Frames that share one PES packet: fewer headers and less stuffing. */
export interface AudioUnit {
  ptsSeconds: number;
  payload: Uint8Array;
}

/** As ffmpeg does: a PES packet of audio is closed before it grows beyond this. */
const MAX_UNIT_BYTES = 2930;
/** A receiver shows no frame before its PES packet is whole. */
const MAX_UNIT_SECONDS = 0.2;
/** Within a PES packet frames follow each other without a gap; a packet later than this begins a new one. */
const MAX_JITTER_SECONDS = 0.002;

/** Groups a segment's audio packets. `codec_not_playable` for codecs without a mapping to MPEG-TS that players know. */
export function audioUnits(packets: readonly Packet[], format: AudioFormat): AudioUnit[] {
  const frame = framer(format);
  const units: AudioUnit[] = [];
  let frames: Uint8Array[] = [];
  let bytes = 0;
  let startSeconds = 0;
  let nextSeconds = 0;
  const close = () => {
    if (frames.length > 0) units.push({ ptsSeconds: startSeconds, payload: Buffer.concat(frames, bytes) });
    frames = [];
    bytes = 0;
  };
  for (const packet of packets) {
    const data = frame(packet.data);
    const isContiguous = Math.abs(packet.ptsSeconds - nextSeconds) <= MAX_JITTER_SECONDS;
    const fits = bytes + data.length <= MAX_UNIT_BYTES && packet.ptsSeconds - startSeconds < MAX_UNIT_SECONDS;
    if (frames.length > 0 && !(isContiguous && fits)) close();
    if (frames.length === 0) startSeconds = packet.ptsSeconds;
    frames.push(data);
    bytes += data.length;
    nextSeconds = packet.ptsSeconds + packet.durationSeconds;
  }
  close();
  return units;
}

/** ISO/IEC 13818-1 table 2-34. MPEG-2's half-rate MP3 has a type of its own. */
export function audioStreamType(format: AudioFormat): number {
  if (format.codec === 'aac') return STREAM_TYPE.aac;
  return format.sampleRate >= 32000 ? STREAM_TYPE.mpeg1Audio : STREAM_TYPE.mpeg2Audio;
}

function framer(format: AudioFormat): (data: Uint8Array) => Uint8Array {
  if (format.codec === 'mp3') return (data) => (parseMp3Header(data) ? data : new Uint8Array(0));
  const config = format.description && parseAudioSpecificConfig(format.description);
  if (format.codec === 'aac' && config) return (data) => toAdts(data, config);
  throw new RaffiError(
    'codec_not_playable',
    `${format.codec} audio cannot be sent as MPEG-TS without an encoder.`,
  );
}
