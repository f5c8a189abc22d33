import * as z from 'zod';

/**
 * The JSON of CASTV2's namespaces, as far as a sender looks at it. Google describes the media namespace ("Media Playback Messages"); the others are
 * those of Chromium's sender (`components/cast_channel`). A device is a stranger: what is not as it should be is left out.
 */
export const NAMESPACE = {
  connection: 'urn:x-cast:com.google.cast.tp.connection',
  heartbeat: 'urn:x-cast:com.google.cast.tp.heartbeat',
  receiver: 'urn:x-cast:com.google.cast.receiver',
  media: 'urn:x-cast:com.google.cast.media',
} as const;

/** Of the device itself; its applications have transport ids of their own. */
export const PLATFORM = 'receiver-0';

/** Google's Default Media Receiver: plays URLs, and needs no registration. */
export const DEFAULT_MEDIA_RECEIVER = 'CC1AD845';

/** Any message: what kind it is, and which request it answers. */
export interface Payload {
  type: string;
  /** 0 of what nobody asked for. */
  requestId: number;
  [member: string]: unknown;
}

/** Null for what is no message. */
export function parsePayload(text: string): Payload | null {
  try {
    return ANY.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export interface Application {
  appId: string;
  displayName: string;
  /** Stops it. */
  sessionId: string;
  /** Talks to it. */
  transportId: string;
  /** The device's own wallpaper. */
  isIdleScreen: boolean;
  hasMedia: boolean;
}

export interface ReceiverStatus {
  application: Application | null;
  volume: { level: number; isMuted: boolean };
}

/** Null for another message. */
export function receiverStatusOf(payload: Payload): ReceiverStatus | null {
  if (payload.type !== 'RECEIVER_STATUS') return null;
  const parsed = RECEIVER_STATUS.safeParse(payload.status);
  if (!parsed.success) return null;
  const { applications, volume } = parsed.data;
  const [running] = applications;
  return {
    application: running
      ? { ...running, hasMedia: running.namespaces.some(({ name }) => name === NAMESPACE.media) }
      : null,
    volume: { level: volume.level, isMuted: volume.muted },
  };
}

export type PlayerState = (typeof PLAYER_STATES)[number];

export interface MediaStatus {
  mediaSessionId: number;
  playerState: PlayerState;
  /** Why it is idle: `FINISHED`, `ERROR`, `CANCELLED`, `INTERRUPTED`. */
  idleReason: string | null;
  /** Seconds. */
  currentTime: number;
  /** Null where the device does not say: not all do, nor each time. */
  activeTrackIds: number[] | null;
  /** Absent where the device has told it before. */
  media: {
    contentId: string;
    durationSeconds: number | null;
    title: string | null;
    customData: unknown;
  } | null;
}

/** Null for another message, undefined for one that says that nothing is loaded. */
export function mediaStatusOf(payload: Payload): MediaStatus | null | undefined {
  if (payload.type !== 'MEDIA_STATUS') return null;
  const list = z.array(z.unknown()).safeParse(payload.status);
  if (!list.success) return null;
  if (list.data.length === 0) return undefined;
  const parsed = MEDIA_STATUS.safeParse(list.data[0]);
  if (!parsed.success) return null;
  const { media, ...status } = parsed.data;
  return {
    ...status,
    media: media && {
      contentId: media.contentId,
      durationSeconds: media.duration,
      title: media.metadata?.title ?? null,
      customData: media.customData,
    },
  };
}

const PLAYER_STATES = ['IDLE', 'LOADING', 'BUFFERING', 'PLAYING', 'PAUSED'] as const;

const ANY = z.looseObject({ type: z.string().max(100), requestId: z.int().min(0).catch(0) });

const APPLICATION = z.object({
  appId: z.string().max(200),
  displayName: z.string().max(500).catch(''),
  sessionId: z.string().max(200),
  transportId: z.string().max(200),
  isIdleScreen: z.boolean().catch(false),
  namespaces: z.array(z.object({ name: z.string() })).catch([]),
});

const RECEIVER_STATUS = z.object({
  applications: z.array(APPLICATION).catch([]),
  volume: z
    .object({ level: z.number().min(0).max(1).catch(1), muted: z.boolean().catch(false) })
    .catch({ level: 1, muted: false }),
});

/** Nothing plays for longer than four months. */
const MAX_SECONDS = 1e7;

const MEDIA_STATUS = z.object({
  mediaSessionId: z.int(),
  playerState: z.enum(PLAYER_STATES),
  idleReason: z.string().max(100).nullable().catch(null),
  currentTime: z.number().min(0).max(MAX_SECONDS).catch(0),
  activeTrackIds: z.array(z.int()).max(100).nullable().catch(null),
  media: z
    .object({
      contentId: z.string(),
      duration: z.number().positive().max(MAX_SECONDS).nullable().catch(null),
      metadata: z
        .object({ title: z.string().max(1000).nullable().catch(null) })
        .nullable()
        .catch(null),
      customData: z.unknown().optional(),
    })
    .nullable()
    .catch(null),
});
