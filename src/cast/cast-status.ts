import { problem, type RaffiError } from '../errors.ts';
import { subtitleIndexOf } from './media-information.ts';
import type { MediaStatus } from './protocol/payloads.ts';
import type { CastDevice, CastState, CastStatus } from './types.ts';

/** What is known of a film on a device. */
export interface CastFacts {
  device: CastDevice;
  /** `following`: the device's own state counts. */
  phase: 'connecting' | 'preparing' | 'loading' | 'following' | 'reconnecting' | 'failed' | 'over';
  /** What was cast from here; null of another sender's film. */
  film: {
    sessionId: string;
    title: string;
    durationSeconds: number | null;
    audioIndex: number;
    subtitleIndex: number | null;
  } | null;
  /** What the device said last; undefined before that. */
  media: MediaStatus | undefined;
  /** Where it is to begin, or was asked to be; until the device says otherwise. Seconds. */
  wantedSeconds: number;
  /** `Date.now()` when the device said so. */
  atMs: number;
  volume: { level: number; isMuted: boolean };
  error: RaffiError | null;
}

/** Nothing is cast. `positionSeconds`: where the last film was. */
export function idleStatus(positionSeconds: number, atMs: number): CastStatus {
  return {
    ...{ state: 'idle', device: null, sessionId: null, title: null },
    ...{ positionSeconds, durationSeconds: null, atMs, volume: 1, isMuted: false },
    ...{ audioIndex: 0, subtitleIndex: null, problem: null },
  };
}

/** The remote control's view of that. Pure. */
export function castStatus(facts: CastFacts): CastStatus {
  const { device, film, media, volume, error, atMs } = facts;
  if (facts.phase === 'over') return idleStatus(positionOf(facts, atMs), atMs);
  return {
    state: stateOf(facts),
    device,
    sessionId: film?.sessionId ?? null,
    title: film?.title ?? media?.media?.title ?? null,
    positionSeconds: positionOf(facts, atMs),
    durationSeconds: film?.durationSeconds ?? media?.media?.durationSeconds ?? null,
    atMs,
    volume: volume.level,
    isMuted: volume.isMuted,
    audioIndex: film?.audioIndex ?? 0,
    subtitleIndex: shownSubtitle(facts),
    problem: error ? problem(error) : null,
  };
}

/** Film time now, seconds: it runs on while the device plays, also while it is looked for. */
export function positionOf({ phase, media, wantedSeconds, atMs, film }: CastFacts, nowMs: number): number {
  const isTold = media !== undefined && TOLD.has(phase);
  if (!isTold) return wantedSeconds;
  const end = film?.durationSeconds ?? media.media?.durationSeconds ?? null;
  if (media.idleReason === 'FINISHED' && end !== null) return end;
  const passed = media.playerState === 'PLAYING' ? Math.max(0, nowMs - atMs) / 1000 : 0;
  return Math.min(media.currentTime + passed, end ?? Number.POSITIVE_INFINITY);
}

/** What the device shows, as it says; what it was told to where it does not say. */
function shownSubtitle({ film, media, phase }: CastFacts): number | null {
  if (film === null) return null;
  const told = phase === 'following' ? media?.activeTrackIds : null;
  return told ? subtitleIndexOf(told) : film.subtitleIndex;
}

/** When what the device said last tells where it is: also while what it shall load next is made ready. */
const TOLD: ReadonlySet<CastFacts['phase']> = new Set(['following', 'reconnecting', 'preparing', 'over']);

/** With what the device said before of the same film: it describes that once, and then tells what changes. */
export function completed(media: MediaStatus, before: MediaStatus | undefined): MediaStatus {
  if (media.mediaSessionId !== before?.mediaSessionId) return media;
  return {
    ...media,
    media: media.media ?? before.media,
    activeTrackIds: media.activeTrackIds ?? before.activeTrackIds,
  };
}

/** What ended a film on the device; null while it goes on. */
export function endOf(media: MediaStatus | undefined): 'ended' | 'failed' | 'taken' | null {
  if (media === undefined) return 'taken';
  if (media.playerState !== 'IDLE') return null;
  if (media.idleReason === 'FINISHED') return 'ended';
  return media.idleReason === 'ERROR' ? 'failed' : 'taken';
}

function stateOf({ phase, media }: CastFacts): CastState {
  if (phase === 'over') return 'idle';
  if (phase !== 'following') return phase;
  switch (media?.playerState) {
    case 'PLAYING':
      return 'playing';
    case 'PAUSED':
      return 'paused';
    case 'IDLE':
      return media.idleReason === 'FINISHED' ? 'ended' : 'idle';
    default:
      return media?.playerState === 'LOADING' ? 'loading' : 'buffering';
  }
}
