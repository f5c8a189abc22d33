import Hls, { type ErrorData, ErrorDetails, ErrorTypes, Events, PlaylistLevelType } from 'hls.js';
import { CORE_UNREACHABLE, failureOf } from '../api/problem.ts';
import type { Engine, EngineFailure, EngineHost } from './engine.ts';
import { hlsConfig } from './hls-config.ts';
import { LadderSwitch } from './ladder-switch.ts';
import { PictureClock } from './picture-clock.ts';
import { type Symptom, trackOf } from './symptom.ts';

/** How often a decoder is started anew before the film counts as undecodable. */
const MEDIA_RECOVERIES = 1;
/** What starting a decoder anew cannot mend: the browser does not even take the codec. */
const REFUSALS: ReadonlySet<ErrorDetails> = new Set([
  ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR,
  ErrorDetails.BUFFER_ADD_CODEC_ERROR,
  ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR,
]);

/** Plays `master.m3u8` through Media Source Extensions. */
export function createHlsEngine(url: string, host: EngineHost): Engine {
  // What the core has cut is on the film's clock; what was cut before is on any.
  const clock = host.adapts ? new PictureClock() : null;
  const hls = new Hls(hlsConfig(host.startSeconds, clock));
  hls.on(Events.INIT_PTS_FOUND, (_event, { id, frag }) => {
    if (id === PlaylistLevelType.MAIN) clock?.found(frag.cc);
  });
  const pictures = host.adapts ? null : new LadderSwitch(hls, host);
  let recoveries = 0;
  let wantedAudio: number | null = null;
  let codecs: string[] = [];
  let decodeErrors = 0;

  // Before hls.js leaves out what the browser says it cannot play.
  hls.on(Events.MANIFEST_LOADED, (_event, { levels }) => {
    codecs = levels.flatMap(({ attrs }) => attrs.CODECS?.split(',') ?? []);
  });
  hls.on(Events.AUDIO_TRACKS_UPDATED, () => {
    if (wantedAudio !== null) applyAudio(wantedAudio);
  });
  hls.on(Events.AUDIO_TRACK_SWITCHED, (_event, { id }) => {
    host.onAudio(positionOf(hls.audioTracks[id]?.url) ?? id);
  });
  hls.on(Events.LEVEL_LOADED, (_event, { details }) => host.onLive(details.live));
  hls.on(Events.FRAG_LOADED, () => host.onTrouble(null));
  if (host.startSeconds !== null) startAsSoonAsBuffered(hls, host.video, host.startSeconds);
  hls.on(Events.ERROR, (_event, data) => {
    if (!data.fatal) {
      const failure = failureFrom(data);
      if (failure.kind === 'refused') host.onTrouble(failure.failure);
      return;
    }
    const isRefusal = REFUSALS.has(data.details);
    if (data.type === ErrorTypes.MEDIA_ERROR && !isRefusal && recoveries < MEDIA_RECOVERIES) {
      recoveries += 1;
      hls.recoverMediaError();
      return;
    }
    host.onFailure(failureFrom(data, codecs));
  });
  // hls.js starts a decoder that died anew, and again and again: once is enough.
  const onError = () => {
    const { error } = host.video;
    if (error?.code !== MediaError.MEDIA_ERR_DECODE) return;
    decodeErrors += 1;
    if (decodeErrors <= MEDIA_RECOVERIES) return;
    const symptom: Symptom = { problem: 'decode_error', track: trackOf(error.message) };
    host.onFailure({ kind: 'media', message: sentence(error.message), symptom });
  };
  host.video.addEventListener('error', onError);
  hls.loadSource(url);
  hls.attachMedia(host.video);

  function applyAudio(index: number) {
    const id = hls.audioTracks.findIndex((track, at) => (positionOf(track.url) ?? at) === index);
    if (id >= 0 && id !== hls.audioTrack) hls.audioTrack = id;
  }

  return {
    way: 'hls',
    selectAudio: (index) => {
      wantedAudio = index;
      applyAudio(index);
    },
    selectPicture: (rendition) => pictures?.select(rendition),
    goLive: () => {
      if (hls.liveSyncPosition !== null) host.video.currentTime = hls.liveSyncPosition;
      void host.video.play().catch(() => {});
    },
    resume: () => {
      if (hls.levels.length === 0) hls.loadSource(url);
      else hls.startLoad(host.video.currentTime, true);
    },
    destroy: () => {
      host.video.removeEventListener('error', onError);
      hls.destroy();
    },
  };
}

/** Renditions are called `a0`, `a1`… after their position among the film's audio streams, and their edition; not all of them need be there. A track
 * that lies in the picture's own segments has no address: its place in the list is its position. */
function positionOf(url: string | undefined): number | null {
  const match = /\/a(\d+)(?:e\d+)?\/playlist\.m3u8/.exec(url ?? '');
  return match === null ? null : Number(match[1]);
}

/** hls.js goes to the start position when the first segment is whole: it may be playing by then. */
function startAsSoonAsBuffered(hls: Hls, video: HTMLVideoElement, startSeconds: number): void {
  hls.on(Events.BUFFER_APPENDED, function begin() {
    if (!isBuffered(video, startSeconds)) return;
    hls.off(Events.BUFFER_APPENDED, begin);
    if (video.currentTime < startSeconds) video.currentTime = startSeconds;
  });
}

function isBuffered({ buffered }: HTMLVideoElement, seconds: number): boolean {
  return Array.from({ length: buffered.length }).some(
    (_, range) => buffered.start(range) <= seconds && seconds < buffered.end(range),
  );
}

/** @param codecs of the film, as its playlist names them */
function failureFrom(data: ErrorData, codecs: readonly string[] = []): EngineFailure {
  const media = { kind: 'media', message: sentenceOf(data), symptom: symptomOf(data, codecs) } as const;
  if (data.type !== ErrorTypes.NETWORK_ERROR) return media;
  const status = data.response?.code ?? 0;
  if (status === 0) {
    const stalled = data.details.toLowerCase().includes('timeout');
    return stalled ? { kind: 'refused', failure: CORE_UNREACHABLE, status } : { kind: 'unreachable' };
  }
  if (status < 400) return media;
  return { kind: 'refused', failure: failureOf(status, bodyOf(data)), status };
}

function symptomOf(data: ErrorData, codecs: readonly string[]): Symptom {
  const problem = 'decode_error';
  if (data.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) {
    const isTaken = (codec: string) => MediaSource.isTypeSupported(`video/mp4; codecs="${codec}"`);
    return { problem, track: null, refusedCodecs: codecs.filter((codec) => !isTaken(codec)) };
  }
  const { sourceBufferName: name } = data;
  return { problem, track: name === 'video' || name === 'audio' ? name : trackOf(sentenceOf(data)) };
}

function sentenceOf(data: ErrorData): string {
  return sentence(data.reason ?? data.error.message);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Of a playlist hls.js hands over the XMLHttpRequest; of a fragment our own loader tells the body as the response's text. */
function bodyOf({ networkDetails: request, response }: ErrorData): string {
  if (!(request instanceof XMLHttpRequest)) return response?.text ?? '';
  return typeof request.response === 'string' ? request.response : '';
}
