import { RaffiError } from '../../errors.ts';
import type { AudioFormat, Packet, VideoFormat } from '../packet.ts';
import { presentationTicks } from '../presentation-times.ts';
import { nalFraming, toAnnexB } from './annexb.ts';
import { audioStreamType, audioUnits } from './audio-units.ts';
import { type DecodeTiming, decodeTicks, TICKS_PER_SECOND } from './decode-times.ts';
import { PID, programAssociation, programMap, STREAM_TYPE } from './psi.ts';
import { PACKET_BYTES, type PesUnit, TransportWriter } from './transport-writer.ts';

/** Film time 0 in the transport stream, seconds: room for decode times before the first picture. */
export const TRANSPORT_OFFSET_SECONDS = 10;

/** How far the clock runs ahead of decoding: data arrive before they are due (T-STD, ISO/IEC 13818-1 §2.4.2). */
const CLOCK_LEAD_TICKS = 0.7 * TICKS_PER_SECOND;
/** §2.7.2 allows 100 ms between clock references. */
const CLOCK_INTERVAL_TICKS = 0.09 * TICKS_PER_SECOND;
/** The tables are written this often per segment: a whole period of the continuity counter. */
const TABLE_COUNT = 16;

const VIDEO_STREAM_ID = 0xe0;
const AUDIO_STREAM_ID = 0xc0;

export interface TransportTracks {
  video: { format: VideoFormat; packets: readonly Packet[]; timing: DecodeTiming } | null;
  audio: { format: AudioFormat; packets: readonly Packet[] } | null;
}

/**
 * One HLS segment of MPEG-TS (RFC 8216 §3.2): tables first, then audio and video in the order of their decode times. A pure function
 * of its packets, so byte-identical whenever it is made. `codec_not_playable` for codecs that MPEG-TS players do not know.
 */
export function writeTransportSegment({ video, audio }: TransportTracks): Uint8Array {
  const videoUnits = video ? pesOfVideo(video.format, video.packets, video.timing) : [];
  const audioPes = audio ? pesOfAudio(audio.format, audio.packets) : [];
  const units = mergeByDecodeTime(videoUnits, audioPes);
  const clockPid = video ? PID.video : PID.audio;
  const association = programAssociation();
  const map = programMap(
    [
      ...(video ? [{ pid: PID.video, streamType: videoStreamType(video.format) }] : []),
      ...(audio ? [{ pid: PID.audio, streamType: audioStreamType(audio.format) }] : []),
    ],
    clockPid,
  );

  const writer = new TransportWriter(capacityFor(units));
  const first = units[0]?.dts ?? 0;
  const last = units.at(-1)?.dts ?? first;
  const lastOfPid = new Map(units.map((unit) => [unit.pid, unit]));
  let tables = 0;
  let clock = Number.NEGATIVE_INFINITY;
  const writeTables = () => {
    writer.writeSection(PID.pat, association);
    writer.writeSection(PID.pmt, map);
    tables++;
  };
  for (const unit of units) {
    while (tables < TABLE_COUNT && unit.dts >= first + (tables * (last - first)) / TABLE_COUNT) writeTables();
    const now = unit.dts - CLOCK_LEAD_TICKS;
    while (clock + CLOCK_INTERVAL_TICKS < now && clock > Number.NEGATIVE_INFINITY) {
      clock += CLOCK_INTERVAL_TICKS;
      writer.writeClock(clockPid, clock);
    }
    const carriesClock = unit.pid === clockPid;
    if (carriesClock) clock = now;
    writer.writePes({ ...unit, pcr: carriesClock ? now : null }, lastOfPid.get(unit.pid) === unit);
  }
  while (tables < TABLE_COUNT) writeTables();
  return writer.bytes();
}

function pesOfVideo(format: VideoFormat, packets: readonly Packet[], timing: DecodeTiming): PesUnit[] {
  const framing = nalFraming(format);
  if (!framing) {
    throw new RaffiError(
      'codec_not_playable',
      `${format.codec} video cannot be sent as MPEG-TS without an encoder.`,
    );
  }
  const offset = TRANSPORT_OFFSET_SECONDS * TICKS_PER_SECOND;
  const pts = presentationTicks(packets, TICKS_PER_SECOND).map((ticks) => ticks + offset);
  const dts = decodeTicks(pts, timing);
  return packets.map((packet, i) => ({
    pid: PID.video,
    streamId: VIDEO_STREAM_ID,
    pts: pts[i] ?? 0,
    dts: dts[i] ?? 0,
    isKey: packet.isKey,
    pcr: null,
    payload: toAnnexB(packet.data, packet.isKey, framing),
  }));
}

function pesOfAudio(format: AudioFormat, packets: readonly Packet[]): PesUnit[] {
  return audioUnits(packets, format).map(({ ptsSeconds, payload }) => {
    const ticks = Math.round((ptsSeconds + TRANSPORT_OFFSET_SECONDS) * TICKS_PER_SECOND);
    return {
      pid: PID.audio,
      streamId: AUDIO_STREAM_ID,
      pts: ticks,
      dts: ticks,
      isKey: true,
      pcr: null,
      payload,
    };
  });
}

/** Both lists are already in order; where times are equal the video goes first. */
function mergeByDecodeTime(video: readonly PesUnit[], audio: readonly PesUnit[]): PesUnit[] {
  const merged: PesUnit[] = [];
  let next = 0;
  for (const unit of video) {
    for (let other = audio[next]; other && other.dts < unit.dts; other = audio[++next]) merged.push(other);
    merged.push(unit);
  }
  return merged.concat(audio.slice(next));
}

function videoStreamType(format: VideoFormat): number {
  return format.codec === 'hevc' ? STREAM_TYPE.hevc : STREAM_TYPE.avc;
}

/** Each PES packet wastes less than two packets; clocks and tables come on top. The writer grows should this ever be too low. */
function capacityFor(units: readonly PesUnit[]): number {
  const packets = units.reduce((sum, unit) => sum + Math.ceil((unit.payload.length + 30) / 184) + 2, 0);
  const largest = Math.max(0, ...units.map((unit) => unit.payload.length));
  return (packets + 2 * TABLE_COUNT + 64) * PACKET_BYTES + largest;
}
