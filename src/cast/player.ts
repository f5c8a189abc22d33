import { RaffiError } from '../errors.ts';
import {
  type Application,
  DEFAULT_MEDIA_RECEIVER,
  type MediaStatus,
  mediaStatusOf,
  type ReceiverStatus,
  receiverStatusOf,
} from './protocol/payloads.ts';
import type { Receiver } from './protocol/receiver.ts';

/** First generations take seconds to start their player, and to read three segments. */
const SLOW_TIMEOUT_MS = 30_000;

export interface MediaInformation {
  contentId: string;
  contentType: string;
  streamType: 'BUFFERED' | 'LIVE';
  [member: string]: unknown;
}

export interface LoadOptions {
  /** Film time, seconds; null: where a live stream is now. */
  currentTime: number | null;
  activeTrackIds: number[];
  autoplay: boolean;
}

/** What a sender asks of a device, each in one request. All throw as `Receiver.ask` does. */
export const player = {
  async status(receiver: Receiver, signal?: AbortSignal): Promise<ReceiverStatus> {
    const answer = await receiver.ask({ type: 'GET_STATUS' }, { signal });
    return receiverStatusOf(answer) ?? notUnderstood();
  },

  /** Starts the Default Media Receiver; one that runs already stays. */
  async launch(receiver: Receiver, signal?: AbortSignal): Promise<Application> {
    const request = { type: 'LAUNCH', appId: DEFAULT_MEDIA_RECEIVER };
    const answer = await receiver.ask(request, { timeoutMs: SLOW_TIMEOUT_MS, signal });
    const application = receiverStatusOf(answer)?.application;
    return application?.appId === DEFAULT_MEDIA_RECEIVER ? application : notUnderstood();
  },

  async stopApplication(receiver: Receiver, sessionId: string, signal?: AbortSignal): Promise<void> {
    await receiver.ask({ type: 'STOP', sessionId }, { signal });
  },

  async setVolume(
    receiver: Receiver,
    volume: { level: number; muted?: boolean },
    signal?: AbortSignal,
  ): Promise<void> {
    const { level, muted } = volume;
    // A device takes one member at a time.
    await receiver.ask({ type: 'SET_VOLUME', volume: { level } }, { signal });
    if (muted !== undefined) await receiver.ask({ type: 'SET_VOLUME', volume: { muted } }, { signal });
  },

  async mediaStatus(
    receiver: Receiver,
    transportId: string,
    signal?: AbortSignal,
  ): Promise<MediaStatus | undefined> {
    const answer = await receiver.askMedia(transportId, { type: 'GET_STATUS' }, { signal });
    return mediaStatusOf(answer) ?? undefined;
  },

  /** A queue of one. Resolves when the device plays it, or would. */
  async load(
    receiver: Receiver,
    application: Application,
    media: MediaInformation,
    { currentTime, activeTrackIds, autoplay }: LoadOptions,
    signal?: AbortSignal,
  ): Promise<MediaStatus> {
    const request = {
      type: 'LOAD',
      sessionId: application.sessionId,
      media,
      autoplay,
      activeTrackIds,
      ...(currentTime === null ? {} : { currentTime }),
    };
    const options = { timeoutMs: SLOW_TIMEOUT_MS, signal };
    const answer = await receiver.askMedia(application.transportId, request, options);
    return mediaStatusOf(answer) ?? notUnderstood();
  },

  /** A command for what is loaded. */
  async command(
    receiver: Receiver,
    { transportId, mediaSessionId }: { transportId: string; mediaSessionId: number },
    type: 'PLAY' | 'PAUSE' | 'SEEK' | 'EDIT_TRACKS_INFO',
    members: Record<string, unknown> = {},
    signal?: AbortSignal,
  ): Promise<void> {
    await receiver.askMedia(transportId, { type, mediaSessionId, ...members }, { signal });
  },
};

function notUnderstood(): never {
  throw new RaffiError(
    'cast_failed',
    'The device answers in a way that Raffi does not understand. Switch it off and on, then cast again.',
  );
}
