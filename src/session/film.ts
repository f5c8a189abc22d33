import type { ManifestAccess } from '../adaptive/manifest-access.ts';
import { RaffiError, toRaffiError } from '../errors.ts';
import { decide } from '../plan/decisions.ts';
import type { EncoderSpeed } from '../plan/encoder-limits.ts';
import { planSegments, segmentAt } from '../plan/segments.ts';
import type { Setback } from '../plan/setbacks.ts';
import type { PlaybackDecision } from '../plan/types.ts';
import { readContainerIndex } from '../probe/container-index/container-index.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import type { Prober } from '../probe/prober.ts';
import { fetchEnd } from '../remux/fetch-end.ts';
import { openPacketReader } from '../remux/open-reader.ts';
import type { SourceInfo } from '../source/byte-source.ts';
import { type Container, type DeliveryOptions, deliver, type Film } from './deliver.ts';
import type { FilmSource } from './deps.ts';
import { fetchAhead } from './fetch-ahead.ts';
import { timelineOf, timelineOfExamined } from './film-timeline.ts';
import { manifestKindOf, openPresentedFilm } from './presented-film.ts';
import { type BesideSubtitles, findBeside } from './subtitles/beside-files.ts';
import type { Stage } from './types.ts';
import { openWithoutIndex } from './without-index.ts';

export interface FilmOptions extends DeliveryOptions {
  source: FilmSource;
  prober: Prober;
  /** What the player found out before a crash of the core. */
  setbacks: readonly Setback[];
  /** What is waited for first, before the source is open. */
  firstStage: Stage;
  /** Reads of this source cost no round trip (local files). */
  cheapReads: boolean;
  onStage: (stage: Stage) => void;
  /** Null for sources whose manifests are not followed: a file of this computer must not name what is fetched. */
  manifest: ManifestAccess | null;
}

/**
 * Examines a film, and decides how it is handed out. ffprobe and the container's own index are read at the same time, and the first segment's bytes are
 * asked for as soon as the index says where they are: on a remote source these waits lie side by side.
 *
 * @throws `source_*`, `not_media`, `probe_failed`, `ffprobe_missing`, or the signal's reason.
 */
export async function openFilm(options: FilmOptions, signal: AbortSignal): Promise<Film> {
  try {
    return await examine(options, signal);
  } finally {
    options.source.examined?.();
  }
}

async function examine(options: FilmOptions, signal: AbortSignal): Promise<Film> {
  const { source, prober, onStage, capabilities, setbacks } = options;
  onStage(options.firstStage);
  const info = await source.open(signal);
  onStage('probe');
  // Only where a manifest would be followed: elsewhere the first bytes would be waited for before the others are asked for.
  const access = options.manifest;
  const kind = access && (await manifestKindOf(source, info, signal));
  if (kind) return openPresentedFilm(options, { kind, info, access }, signal);
  // Behind the head the media usually begins: where the film starts there, it need not wait for the index to say so.
  if (options.startSeconds === 0 && !options.cheapReads) fetchAhead(source, 0, LIKELY_FIRST_BYTES, signal);
  const opening = openReader(options, signal);
  opening.catch(() => {}); // heard below; until then the probe's failure may come first
  let probed: MediaInfo;
  let beside: BesideSubtitles[];
  try {
    [probed, beside] = await Promise.all([prober.probe(signal), findBeside(source, signal)]);
  } catch (error) {
    opening.then(
      ({ reader }) => reader.close(),
      () => {},
    );
    throw error;
  }
  onStage('plan');
  const missingEncoder = await whyNoEncoder(options, signal);
  const canEncode = missingEncoder === null;
  const container = await containerOf(opening, { options, probed, info, canEncode }, signal);
  const timeline = source.setTimeline && timelineOfExamined(container, probed, info);
  if (timeline) source.setTimeline?.(timeline, options.startSeconds);
  const { media, obstacles } = container instanceof RaffiError ? { media: probed, obstacles: {} } : container;
  const alone = decide(media, capabilities, 'cmaf', { container: obstacles.cmaf });
  const speed = await speedFor(options, media, alone, signal);
  return deliver({ info, media, beside, container, missingEncoder }, { ...options, speed }, setbacks);
}

/** About a second of film. More would compete with the index for the link. */
const LIKELY_FIRST_BYTES = 1024 * 1024;

/** The cuts, which lie on the video's keyframes, do not depend on what ffprobe will say of the audio. */
const UNKNOWN_TRACKS = { audio: [] };

async function openReader(options: FilmOptions, signal: AbortSignal) {
  const { source, startSeconds, cheapReads } = options;
  const index = await readContainerIndex(source, signal, { cheapReads });
  for (const { start, end } of index.indexRanges) source.pin(start, end);
  const first = segmentAt(planSegments(index, UNKNOWN_TRACKS), startSeconds);
  source.setTimeline?.(timelineOf(index), first.startSeconds);
  // A local file has no round trip to save, and nothing keeps what would be read of it.
  if (!cheapReads) fetchAhead(source, first.startOffset, fetchEnd(first), signal);
  return { index, reader: await openPacketReader(source, index, signal) };
}

/** The film's index and the reader of its packets; without an index of its own what can be found without; else why neither will do. */
async function containerOf(
  opening: ReturnType<typeof openReader>,
  film: { options: FilmOptions; probed: MediaInfo; info: SourceInfo; canEncode: boolean },
  signal: AbortSignal,
): Promise<Container | RaffiError> {
  try {
    const { index, reader } = await opening;
    return { media: film.probed, index, copied: reader, unindexed: null, obstacles: {} };
  } catch (thrown) {
    const error = toRaffiError(thrown);
    if (error.code === 'no_index') return (await openWithoutIndex(film, signal)) ?? error;
    if (error.code === 'media_damaged') return error;
    throw thrown;
  }
}

/** Any machine encodes as much in real time. */
const SMALL_PIXELS = 854 * 480 * 30;

/** How fast pictures are encoded here, where this film's needs to be: who never needs an encoder never has one tried. */
async function speedFor(
  { encoders, setbacks }: FilmOptions,
  { video: [stream] }: MediaInfo,
  { video: decision }: PlaybackDecision,
  signal: AbortSignal,
): Promise<EncoderSpeed> {
  const pixels = stream ? stream.width * stream.height * (stream.frameRate ?? 0) : 0;
  const isEncoded = decision?.action === 'transcode' || setbacks.some(({ track }) => track === 'video');
  const isWorthIt = isEncoded && pixels > SMALL_PIXELS;
  return isWorthIt ? encoders.pictureEncoder.speed(signal) : encoders.pictureEncoder.knownSpeed;
}

async function whyNoEncoder({ encoders }: FilmOptions, signal: AbortSignal): Promise<string | null> {
  const { ffmpeg } = await encoders.tools.binaries.resolve(signal);
  return 'missing' in ffmpeg ? ffmpeg.missing : null;
}
