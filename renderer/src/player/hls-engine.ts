import Hls, { type ErrorData, ErrorTypes, Events } from 'hls.js';
import { CORE_UNREACHABLE, failureOf } from '../api/problem.ts';
import type { Engine, EngineFailure, EngineHost } from './engine.ts';
import { hlsConfig } from './hls-config.ts';
import { LadderSwitch } from './ladder-switch.ts';

/** How often a decoder is started anew before the film counts as undecodable. */
const MEDIA_RECOVERIES = 2;

/** Plays `master.m3u8` through Media Source Extensions. */
export function createHlsEngine(url: string, host: EngineHost): Engine {
  const hls = new Hls(hlsConfig(host.startSeconds));
  const pictures = host.adapts ? null : new LadderSwitch(hls, host);
  let recoveries = 0;
  let wantedAudio: number | null = null;

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
    if (data.type === ErrorTypes.MEDIA_ERROR && recoveries < MEDIA_RECOVERIES) {
      recoveries += 1;
      hls.recoverMediaError();
      return;
    }
    host.onFailure(failureFrom(data));
  });
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
    destroy: () => hls.destroy(),
  };
}

/** Renditions are called `a0`, `a1`… after their position among the film's audio streams; not all of them need be there. A track that lies in
 * the picture's own segments has no address: its place in the list is its position. */
function positionOf(url: string | undefined): number | null {
  const match = /\/a(\d+)\/playlist\.m3u8/.exec(url ?? '');
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

function failureFrom(data: ErrorData): EngineFailure {
  if (data.type !== ErrorTypes.NETWORK_ERROR) return { kind: 'media', message: sentence(data) };
  const status = data.response?.code ?? 0;
  if (status === 0) {
    const stalled = data.details.toLowerCase().includes('timeout');
    return stalled ? { kind: 'refused', failure: CORE_UNREACHABLE, status } : { kind: 'unreachable' };
  }
  if (status < 400) return { kind: 'media', message: sentence(data) };
  return { kind: 'refused', failure: failureOf(status, bodyOf(data)), status };
}

function sentence(data: ErrorData): string {
  const text = data.reason ?? data.error.message;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Of a playlist hls.js hands over the XMLHttpRequest; of a fragment our own loader tells the body as the response's text. */
function bodyOf({ networkDetails: request, response }: ErrorData): string {
  if (!(request instanceof XMLHttpRequest)) return response?.text ?? '';
  return typeof request.response === 'string' ? request.response : '';
}
