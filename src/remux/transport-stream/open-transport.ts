import type { MediaInfo, VideoStream } from '../../probe/media-info.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import type { VideoFormat } from '../packet.ts';
import { AccessPointSearch } from '../unindexed/access-point-search.ts';
import type { NotCopyable, UnindexedFilm } from '../unindexed/film.ts';
import type { FramedCodec } from './audio-frames.ts';
import { type DecoderConfig, decoderConfig } from './decoder-config.ts';
import type { NalCodec } from './nal-units.ts';
import { detectLayout } from './packets.ts';
import {
  type Head,
  type LastTimes,
  readHead,
  readSample,
  readTail,
  scanPictures,
  type Wanted,
} from './survey.ts';
import { TICKS_PER_SECOND, TransportClock, WRAP_TICKS } from './transport-clock.ts';
import type { TransportFilm } from './transport-film.ts';
import { TransportReader } from './transport-reader.ts';

const LAYOUT_BYTES = 16 << 10;
/** Where the film's middle is looked at, for how long its groups of pictures are and whether its clock runs through. */
const SAMPLED_SHARES = [0.25, 0.5, 0.75];
/** Segments of longer groups would be waited for too long. */
const MAX_GROUP_SECONDS = 12;
/** Sound that goes on for longer after the last picture, or stops so long before it, is a sign of a clock that jumped. */
const MAX_TAIL_SECONDS = 10;

/**
 * Opens an MPEG-TS or M2TS film whose picture is to be copied: a bounded look at its head, its end and some places between. Answers why not where
 * it cannot be cut: no key pictures that browsers seek to, times that jump, pictures that are not one to a packet.
 *
 * Rejects with what the source rejects with, or the signal's reason.
 */
export async function openTransport(
  source: ByteSource,
  media: MediaInfo,
  sizeBytes: number,
  signal?: AbortSignal,
): Promise<UnindexedFilm | NotCopyable> {
  const [stream] = media.video;
  const codec = stream && VIDEO_CODECS[stream.codec];
  const detected = detectLayout(await source.read(0, LAYOUT_BYTES, signal));
  if (!stream || !codec || stream.pid === undefined || !detected)
    return notCopyable('Its pictures cannot be told apart.');
  const file = { source, sizeBytes, layout: detected.layout };
  const wanted: Wanted = { video: { pid: stream.pid, codec }, audio: copyableAudio(media) };
  const head = await readHead(file, wanted, signal);
  const config = decoderConfig(codec, head.parameterSets);
  const obstacle = headObstacle(head, config, stream);
  const [first] = head.keys;
  if (obstacle !== null || !config || !first) return notCopyable(obstacle ?? NO_KEYS);

  const clock = new TransportClock(first.ptsTicks);
  const pids = new Set([wanted.video.pid, ...wanted.audio.map(({ pid }) => pid)]);
  const [last, ...samples] = await Promise.all([
    readTail(file, pids, wanted.video.pid, clock, signal),
    ...SAMPLED_SHARES.map((share) =>
      readSample(
        file,
        wanted.video,
        clock,
        first.offset + Math.floor((sizeBytes - first.offset) * share),
        signal,
      ),
    ),
  ]);
  const keySeconds = head.keys.map(({ ptsTicks }) => clock.seconds(ptsTicks));
  const frameSeconds = constantFrame(stream);
  const lastPicture = last.get(wanted.video.pid);
  if (lastPicture === undefined) return notCopyable('Its end shows no picture.');
  const videoEndSeconds = lastPicture + (frameSeconds || 1 / (stream.frameRate ?? 25));
  // A look into a damaged stretch shows the picture behind it, as another look may.
  const seen = new Map(samples.flatMap((sample) => (sample ? [[sample.place.offset, sample.place]] : [])));
  const places = [{ seconds: 0, offset: first.offset }, ...seen.values()];
  const end = { seconds: videoEndSeconds, offset: sizeBytes };
  if (!isAscending([...places, end])) return notCopyable('Its clock jumps.');
  const groupSeconds = Math.max(
    longestDistance(head.isWhole ? [...keySeconds, videoEndSeconds] : keySeconds),
    ...samples.map((sample) => longestDistance(sample?.keySeconds ?? [])),
  );
  if (groupSeconds <= 0 || groupSeconds > MAX_GROUP_SECONDS) return notCopyable(NO_KEYS);
  const durationSeconds = filmEnd(videoEndSeconds, last, media, wanted);

  const film: TransportFilm = {
    ...file,
    clock,
    bytesPerSecond: (sizeBytes - first.offset) / videoEndSeconds,
    durationSeconds,
    video: {
      ...wanted.video,
      format: videoFormat(stream, codec, config),
      parameterSets: head.parameterSets,
      frameSeconds,
    },
    audio: media.audio.map(({ pid }) => {
      const track = wanted.audio.find((candidate) => candidate.pid === pid);
      const format = track && head.audio.get(track.pid);
      return track && format ? { ...track, format } : null;
    }),
  };
  return {
    index: {
      container: 'unindexed',
      originSeconds: onFfmpegClock(first.ptsTicks, stream.startSeconds ?? media.startSeconds),
      videoEndSeconds,
      durationSeconds,
      keyframes: places.map(({ seconds, offset }) => ({ timeSeconds: seconds, offset })),
      mediaEndOffset: sizeBytes,
      indexRanges: [],
    },
    reader: new TransportReader(film),
    search: new AccessPointSearch({
      scan: (from, expectedEnd, running) =>
        scanPictures(file, wanted.video, clock, { from, expectedEnd }, running),
      known: [...places, ...head.keys.map((key, i) => ({ seconds: keySeconds[i] ?? 0, offset: key.offset }))],
      end,
    }),
    groupSeconds,
    frameSeconds: frameSeconds || head.leastFrameSeconds,
  };
}

const VIDEO_CODECS: Readonly<Record<string, NalCodec>> = { h264: 'avc', hevc: 'hevc' };
const NO_KEYS = 'It has no key pictures that a browser can begin at, or too few of them.';

function notCopyable(why: string): NotCopyable {
  return { obstacle: `The file keeps no index of its keyframes. ${why} So it is converted while playing.` };
}

/** HE-AAC hides its true rate from ADTS headers, and browsers want it told. */
function copyableAudio({ audio }: MediaInfo): { pid: number; codec: FramedCodec }[] {
  return audio.flatMap(({ pid, codec, profile }) => {
    const isFramed = codec === 'mp3' || (codec === 'aac' && profile === 'LC');
    return isFramed && pid !== undefined ? [{ pid, codec: codec as FramedCodec }] : [];
  });
}

function headObstacle(head: Head, config: DecoderConfig | null, stream: VideoStream): string | null {
  if (head.keys.length === 0) return NO_KEYS;
  if (!config) return 'Its decoder configuration is damaged.';
  const isFieldPair = config.mayBeInterlaced && head.picturesPerUnit === 2;
  if (head.hasUntimed || (head.picturesPerUnit > 1 && !isFieldPair))
    return 'Not each of its pictures tells its time.';
  const isFieldEach = config.mayBeInterlaced && head.leastFrameSeconds < 0.75 / (stream.frameRate ?? 25);
  return isFieldEach ? 'Its fields lie apart.' : null;
}

function longestDistance(times: readonly number[]): number {
  return Math.max(0, ...times.slice(1).map((time, i) => time - (times[i] ?? time)));
}

function isAscending(places: readonly { seconds: number; offset: number }[]): boolean {
  return places.every(
    (place, i) =>
      i === 0 || (place.seconds > (places[i - 1]?.seconds ?? 0) && Number.isFinite(place.seconds)),
  );
}

/** The end of the sound too, as far as it is believable. ffprobe knows that of sound we do not read. */
function filmEnd(videoEnd: number, last: LastTimes, media: MediaInfo, wanted: Wanted): number {
  const told =
    media.durationSeconds === null
      ? videoEnd
      : media.startSeconds + media.durationSeconds - (media.video[0]?.startSeconds ?? media.startSeconds);
  const isAllCopied = wanted.audio.length === media.audio.length;
  const ends = wanted.audio.map(({ pid }) => (last.get(pid) ?? 0) + AUDIO_FRAME_SECONDS);
  const believable = [...ends, ...(isAllCopied ? [] : [told])].filter(
    (end) => end - videoEnd <= MAX_TAIL_SECONDS,
  );
  return Math.max(videoEnd, ...believable);
}

/** About as long as a packet of sound lasts. */
const AUDIO_FRAME_SECONDS = 0.021;

/** Seconds per frame; 0 where the rate varies or is not known. */
function constantFrame({ frameRate, baseFrameRate, isInterlaced }: VideoStream): number {
  return frameRate !== null && frameRate === baseFrameRate && !isInterlaced ? 1 / frameRate : 0;
}

/** ffmpeg takes a film that begins shortly before the wrap for one that begins before zero. */
function onFfmpegClock(ptsTicks: number, startSeconds: number): number {
  const wrap = WRAP_TICKS / TICKS_PER_SECOND;
  const seconds = ptsTicks / TICKS_PER_SECOND;
  return seconds + Math.round((startSeconds - seconds) / wrap) * wrap;
}

function videoFormat(stream: VideoStream, codec: NalCodec, config: DecoderConfig): VideoFormat {
  const [numerator = 1, denominator = 1] = (stream.sampleAspectRatio ?? '1:1').split(':').map(Number);
  const isAspect = numerator > 0 && denominator > 0;
  return {
    kind: 'video',
    codec,
    codecString: config.codecString,
    width: stream.width,
    height: stream.height,
    pixelAspect: isAspect ? [numerator, denominator] : [1, 1],
    rotationDegrees: stream.rotationDegrees,
    description: config.description,
  };
}
