import type { AudioTarget, VideoTarget } from '../../plan/types.ts';
import { DEMUXERS, MAX_ALLOCATION_BYTES } from '../../probe/ffprobe-arguments.ts';
import type { EncoderFamily } from './encoders/families.ts';

/** Where an encoder run begins, what of the film it reads, and how ffmpeg's clock becomes the film's. */
export interface RunInput {
  /** Of our loopback server. */
  url: string;
  /** ffprobe's stream index. */
  streamIndex: number;
  /** Container time of film time 0, seconds. */
  originSeconds: number;
  /** Film time at which reading may begin, seconds: before the run's own start, by what its decoder needs to get going. */
  readFromSeconds: number;
}

/**
 * The muxer is told to add this to all time stamps, and our parser takes it off: the first frames' decode times lie before film time 0, and
 * `tfdt` has no sign.
 */
export const OUTPUT_OFFSET_SECONDS = 10;

/** AAC frames before the first that is wanted: the encoder's own priming, and one for the overlap of the transform (ISO/IEC 14496-3 §4.6.11). */
export const PREROLL_FRAMES = 2;
export const AAC_FRAME_SAMPLES = 1024;

/**
 * Encodes a sound track from a sample on to the film's end. Frames lie on the grid of film time 0, whatever the run began with: two runs' frames
 * of one number hold the same samples.
 *
 * @param firstSample at `target.sampleRate`, a multiple of the frame
 */
export function audioArguments(
  input: RunInput,
  target: AudioTarget,
  firstSample: number,
  grid?: PacketGrid,
): string[] {
  const layout = { 1: 'mono', 2: 'stereo', 6: '5.1' }[target.channels];
  const filters = [
    `asetpts='round(PTS+(${grid ? toGrid(grid) : '0'}-(${input.originSeconds}))/TB)'`,
    // async=1 fills holes and cuts overlaps, and never stretches. It also mixes to the layout that follows: from the track's
    // real one, by the standard coefficients (ITU-R BS.775). A `pan` that names channels silences those it does not name.
    `aresample=${target.sampleRate}:async=1:first_pts=${firstSample}`,
    `aformat=sample_fmts=fltp:channel_layouts=${layout}`,
  ];
  return [
    ...inputArguments(input),
    ...['-af', filters.join(',')],
    ...['-c:a', 'aac', '-b:a', String(target.bitRate)],
    ...OUTPUT,
  ];
}

/** When the packets of a sound track begin: its first at `startSeconds` of the container's time, then one every `packetSeconds`. */
export interface PacketGrid {
  startSeconds: number;
  packetSeconds: number;
}

/** Matroska rounds to milliseconds, what it tells of the track's start and of any packet. */
const ROUNDING_SECONDS = 0.0011;

/**
 * What takes the rounding off the time of a run's first packet, seconds: ffmpeg counts on from there, so runs that began at differently rounded
 * packets would be out of phase, and be heard to join. A track that has left its grid (a cut, a hole) keeps its times.
 */
function toGrid({ startSeconds, packetSeconds }: PacketGrid): string {
  const start = `(STARTPTS*TB-(${startSeconds}))`;
  const off = `(round(${start}/${packetSeconds})*${packetSeconds}-${start})`;
  return `if(lt(abs(${off}),${ROUNDING_SECONDS}),${off},0)`;
}

/** Where a run of the picture begins and ends, and where its keyframes must lie: film times in seconds. */
export interface VideoCuts {
  startSeconds: number;
  endSeconds: number;
  keyframes: readonly number[];
  /** Of the film: half of it is the tolerance in comparing times. */
  frameSeconds: number;
}

/**
 * Encodes the picture between two cuts of the plan, with a keyframe at each cut and groups of pictures that stand alone.
 *
 * @param colourTable path of the table that makes the film's colours SDR; null where they are
 */
export function videoArguments(
  input: RunInput,
  target: VideoTarget,
  cuts: VideoCuts,
  encoder: EncoderFamily,
  colourTable: string | null,
): string[] {
  return [
    ...encoder.device,
    ...inputArguments(input),
    ...pictureArguments(target, cuts, encoder, colourTable, input.originSeconds),
  ];
}

/** What follows the input: from its pictures, whose clock is at `originSeconds` where the film's is 0, to our pipe. */
export function pictureArguments(
  target: VideoTarget,
  cuts: VideoCuts,
  encoder: EncoderFamily,
  colourTable: string | null,
  originSeconds: number,
): string[] {
  const half = cuts.frameSeconds / 2;
  const filters = [
    `setpts=PTS-(${originSeconds})/TB`,
    `trim=start=${seconds(cuts.startSeconds - half)}:end=${seconds(cuts.endSeconds - half)}`,
    ...(target.deinterlace ? ['bwdif=mode=send_frame'] : []),
    ...(colourTable === null ? [scale(target)] : toneMapped(target, colourTable)),
    'setsar=1',
    encoder.format,
  ];
  return [
    ...['-vf', filters.join(',')],
    // Frames keep the film's own times: no duplicates, none dropped.
    ...['-fps_mode', 'passthrough', '-enc_time_base', `1:${VIDEO_TICKS}`],
    ...['-c:v', encoder.name, ...encoder.settings(target)],
    ...['-force_key_frames', cuts.keyframes.map((time) => seconds(time - half)).join(',')],
    ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
    ...['-video_track_timescale', String(VIDEO_TICKS)],
    ...OUTPUT,
  ];
}

/** Ticks per second of encoded video: as fine as what our own writers put out. */
const VIDEO_TICKS = 90_000;

function scale({ width, height }: VideoTarget): string {
  return `scale=${width}:${height}:flags=bicubic`;
}

/** HDR is BT.2020, whatever a film says or forgets to say of itself; sixteen bits, since the table makes nearly black what was dark already. */
function toneMapped(target: VideoTarget, colourTable: string): string[] {
  return [
    `${scale(target)}+accurate_rnd+full_chroma_int:in_color_matrix=bt2020`,
    'format=gbrp16le',
    `lut3d=file=${filterValue(colourTable)}:interp=tetrahedral`,
    'scale=out_color_matrix=bt709:out_range=tv',
    'setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv',
  ];
}

/** A value within a filter within a graph: each of both takes one level of quoting off (ffmpeg-filters, "Notes on filtergraph escaping"). */
function filterValue(value: string): string {
  const ofFilter = value.replaceAll(/[\\':]/g, '\\$&');
  return `'${ofFilter.replaceAll("'", "'\\''")}'`;
}

/** How far ffmpeg looks before it begins: containers were examined before, and every process pays for it. */
const LOOK = ['-probesize', '1000000', '-analyzeduration', '1000000'];

function inputArguments({ url, streamIndex, readFromSeconds, originSeconds }: RunInput): string[] {
  return [
    ...['-hide_banner', '-v', 'error', '-nostdin', ...LOOK],
    ...['-max_alloc', String(MAX_ALLOCATION_BYTES)],
    ...['-protocol_whitelist', 'http,tcp', '-format_whitelist', DEMUXERS],
    // The container's own clock, from the keyframe before on: where to begin exactly is for the filters, which know it to the sample.
    ...['-copyts', '-noaccurate_seek', '-seek_timestamp', '1'],
    ...(readFromSeconds > 0 ? ['-ss', seconds(readFromSeconds + originSeconds)] : []),
    ...['-i', url, '-map', `0:${streamIndex}`, '-map_metadata', '-1', '-map_chapters', '-1'],
  ];
}

/** Fragmented MP4, each packet at once (ISO/IEC 14496-12 §8.8), with absolute decode times (`frag_discont` without edit lists). */
const OUTPUT = [
  ...['-flags', '+global_header', '-avoid_negative_ts', 'disabled'],
  ...['-output_ts_offset', String(OUTPUT_OFFSET_SECONDS)],
  ...['-f', 'mp4', '-use_editlist', '0'],
  ...['-movflags', '+empty_moov+default_base_moof+frag_every_frame+frag_discont'],
  'pipe:1',
];

function seconds(value: number): string {
  return value.toFixed(6);
}
