import type { Capabilities } from '../../../src/plan/types.ts';
import type { FeedbackAnswer, SessionStats, SessionView, SubtitleTrack } from '../../../src/session/types.ts';
import type { TimeWindow } from '../../../src/subtitles/cue.ts';
import type { Complaint } from '../player/symptom.ts';
import { ApiError, CORE_UNREACHABLE, failureOf } from './problem.ts';

/** The core's HTTP API as the window uses it. Every method rejects with `ApiError`, or the signal's reason. */
export interface ApiClient {
  readonly baseUrl: string;
  createSession(request: NewSession, signal?: AbortSignal): Promise<{ id: string }>;
  /** Waits in the core for a running probe, at most 10 s. */
  session(id: string, signal?: AbortSignal): Promise<SessionView>;
  selectAudio(id: string, index: number, signal?: AbortSignal): Promise<void>;
  /** A player could not play what it was sent. */
  complain(id: string, complaint: Complaint, detail: string, signal?: AbortSignal): Promise<FeedbackAnswer>;
  /** All of its torrent's file is fetched, or no more of it than plays. */
  downloadAll(id: string, isWanted: boolean, signal?: AbortSignal): Promise<void>;
  /** A text track's lines within a stretch of film, as WebVTT that comes as it is read. */
  subtitles(
    id: string,
    index: number,
    window: TimeWindow,
    signal?: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>>;
  /** Adds a subtitle file behind the film's own tracks. */
  addSubtitles(id: string, file: SubtitleFile, signal?: AbortSignal): Promise<SubtitleTrack>;
  stats(signal?: AbortSignal): Promise<{ sessions: SessionStats[] }>;
  removeSession(id: string): Promise<void>;
  /** For a page that goes away: survives it, and reports nothing. */
  abandonSession(id: string): void;
  masterUrl(id: string): string;
  directUrl(id: string): string;
  eventsUrl(id: string): string;
}

export interface NewSession {
  source: string;
  capabilities: Capabilities;
  /** BCP 47, the dearest first. */
  languages: string[];
  /** Offer smaller pictures, too. */
  ladder: boolean;
  /** Film time, seconds. */
  startTime?: number;
  kind?: 'http' | 'torrent';
  /** Which file of a torrent. */
  fileIdx?: number;
  /** Have all of a torrent's file fetched. */
  downloadAll?: boolean;
}

export interface SubtitleFile {
  bytes: Blob;
  title: string;
  /** BCP 47 or ISO 639; null when nobody says. */
  language: string | null;
}

/** As much as the core takes. */
const MAX_DETAIL_CHARS = 1000;

/** A client of the core at `baseUrl` (scheme, host, port; no trailing slash). */
export function createClient(baseUrl: string): ApiClient {
  const at = (id: string, rest = '') => `${baseUrl}/sessions/${encodeURIComponent(id)}${rest}`;
  return {
    baseUrl,
    createSession: (request, signal) => json(`${baseUrl}/sessions`, post(request), signal),
    session: (id, signal) => json(at(id), {}, signal),
    selectAudio: async (id, index, signal) => {
      await answer(at(id, '/audio'), post({ index }), signal);
    },
    complain: (id, complaint, detail, signal) =>
      json(at(id, '/feedback'), post({ ...complaint, detail: detail.slice(0, MAX_DETAIL_CHARS) }), signal),
    downloadAll: async (id, isWanted, signal) => {
      await answer(at(id, '/download'), post({ all: isWanted }), signal);
    },
    subtitles: async (id, index, { fromSeconds, toSeconds }, signal) => {
      const query = `?from=${fromSeconds.toFixed(3)}&to=${toSeconds.toFixed(3)}`;
      const { body } = await answer(at(id, `/subtitles/${index}.vtt${query}`), {}, signal);
      return body ?? new Blob([]).stream();
    },
    addSubtitles: (id, { bytes, title, language }, signal) => {
      const labels = new URLSearchParams({ title, ...(language === null ? {} : { language }) });
      return json(at(id, `/subtitles?${labels}`), { method: 'POST', body: bytes }, signal);
    },
    stats: (signal) => json(`${baseUrl}/stats`, {}, signal),
    removeSession: async (id) => {
      await answer(at(id), { method: 'DELETE' });
    },
    abandonSession: (id) => {
      navigator.sendBeacon(`${baseUrl}/cleanup?id=${encodeURIComponent(id)}`, '');
    },
    masterUrl: (id) => at(id, '/master.m3u8'),
    directUrl: (id) => at(id, '/direct'),
    eventsUrl: (id) => at(id, '/events'),
  };
}

function post(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

async function json<T>(url: string, init: RequestInit, signal?: AbortSignal): Promise<T> {
  const response = await answer(url, init, signal);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw new ApiError(failureOf(response.status, ''), response.status, cause);
  }
}

async function answer(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ApiError(CORE_UNREACHABLE, 0, cause);
  }
  if (response.ok) return response;
  throw new ApiError(failureOf(response.status, await response.text()), response.status);
}
