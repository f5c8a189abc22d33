import { randomBytes } from 'node:crypto';
import { RaffiError } from '../../errors.ts';
import type { CastMessage } from './cast-message.ts';
import { type Channel, type ChannelAddress, openChannel } from './channel.ts';
import { Heartbeat } from './heartbeat.ts';
import {
  type MediaStatus,
  mediaStatusOf,
  NAMESPACE,
  type Payload,
  PLATFORM,
  parsePayload,
  type ReceiverStatus,
  receiverStatusOf,
} from './payloads.ts';
import { Requests } from './requests.ts';

/** What a device tells by itself, whoever caused it. */
export interface ReceiverEvents {
  onReceiverStatus(status: ReceiverStatus): void;
  /** Undefined: nothing is loaded any more. */
  onMediaStatus(status: MediaStatus | undefined): void;
  /** The application that was joined has ended. */
  onApplicationClosed(): void;
  /** Once, unless we closed it. */
  onLost(error: RaffiError): void;
}

export interface AskOptions {
  timeoutMs?: number;
  signal?: AbortSignal | undefined;
}

/** A device answers at once, unless it has to start an application or load a film. */
const ANSWER_TIMEOUT_MS = 8_000;

/** A live connection to a device: requests and their answers, what it tells by itself, and whether it still lives. */
export class Receiver {
  readonly #events: ReceiverEvents;
  readonly #requests = new Requests();
  /** Of this connection: two senders on one computer are told apart by it. */
  readonly #senderId = `sender-${randomBytes(6).toString('hex')}`;
  readonly #joined = new Set<string>();
  #channel: Channel | undefined;
  #heartbeat: Heartbeat | undefined;

  /** Connects. @throws `cast_device_unreachable`, or the signal's reason. */
  static async open(
    address: ChannelAddress,
    events: ReceiverEvents,
    { signal, heartbeatMs }: { signal: AbortSignal; heartbeatMs?: number | undefined },
  ): Promise<Receiver> {
    const receiver = new Receiver(events);
    receiver.#channel = await openChannel(
      address,
      { onMessage: (message) => receiver.#heard(message), onLost: (error) => receiver.#lost(error) },
      signal,
    );
    receiver.#join(PLATFORM);
    receiver.#heartbeat = new Heartbeat(
      () => receiver.#send(PLATFORM, NAMESPACE.heartbeat, { type: 'PING' }),
      () => receiver.#lost(silent()),
      heartbeatMs,
    );
    return receiver;
  }

  private constructor(events: ReceiverEvents) {
    this.#events = events;
  }

  /** The device's, as the socket has it. */
  get peerAddress(): string {
    return this.#channel?.peerAddress ?? '';
  }

  /** A request to the device itself. @throws as `Requests.ask` does */
  ask(request: { type: string; [member: string]: unknown }, options?: AskOptions): Promise<Payload> {
    return this.#ask(PLATFORM, NAMESPACE.receiver, request, options);
  }

  /** A request to an application's player; the first one joins it. */
  askMedia(
    transportId: string,
    request: { type: string; [member: string]: unknown },
    options?: AskOptions,
  ): Promise<Payload> {
    this.#join(transportId);
    return this.#ask(transportId, NAMESPACE.media, request, options);
  }

  /** Leaves the device as it is. Idempotent. */
  close(): void {
    for (const peer of this.#joined) this.#send(peer, NAMESPACE.connection, { type: 'CLOSE' });
    this.#end(closed());
    this.#channel?.close();
  }

  #ask(
    destinationId: string,
    namespace: string,
    request: object,
    { timeoutMs = ANSWER_TIMEOUT_MS, signal }: AskOptions = {},
  ): Promise<Payload> {
    const send = (requestId: number) => this.#send(destinationId, namespace, { ...request, requestId });
    return this.#requests.ask(send, { timeoutMs, signal });
  }

  /** An endpoint answers only whoever has connected to it. */
  #join(transportId: string): void {
    if (this.#joined.has(transportId)) return;
    this.#joined.add(transportId);
    this.#send(transportId, NAMESPACE.connection, { type: 'CONNECT', origin: {}, userAgent: 'Raffi' });
  }

  #send(destinationId: string, namespace: string, payload: object): void {
    this.#channel?.send({
      sourceId: this.#senderId,
      destinationId,
      namespace,
      payload: JSON.stringify(payload),
    });
  }

  #heard({ sourceId, destinationId, namespace, payload: text }: CastMessage): void {
    this.#heartbeat?.heard();
    const payload = parsePayload(text);
    const isForUs = destinationId === this.#senderId || destinationId === '*';
    if (!payload || !isForUs) return;
    if (namespace === NAMESPACE.heartbeat) {
      if (payload.type === 'PING') this.#send(sourceId, NAMESPACE.heartbeat, { type: 'PONG' });
      return;
    }
    if (namespace === NAMESPACE.connection) {
      if (payload.type === 'CLOSE') this.#peerClosed(sourceId);
      return;
    }
    if (!this.#joined.has(sourceId)) return;
    if (namespace === NAMESPACE.receiver) {
      const status = receiverStatusOf(payload);
      if (status) this.#events.onReceiverStatus(status);
    } else if (namespace === NAMESPACE.media) {
      const status = mediaStatusOf(payload);
      if (status !== null) this.#events.onMediaStatus(status);
    } else return;
    // Last: whoever waits for the answer finds the status known.
    this.#requests.answered(payload);
  }

  #peerClosed(peer: string): void {
    if (!this.#joined.delete(peer)) return;
    if (peer === PLATFORM) this.#lost(silent());
    else this.#events.onApplicationClosed();
  }

  #lost(error: RaffiError): void {
    if (!this.#channel) return;
    this.#channel.close();
    this.#end(error);
    this.#events.onLost(error);
  }

  #end(error: RaffiError): void {
    this.#heartbeat?.stop();
    this.#requests.failAll(error);
  }
}

function silent(): RaffiError {
  return new RaffiError(
    'cast_device_unreachable',
    'The device has stopped answering. Look whether it is switched on and in the same network, then cast again.',
  );
}

function closed(): RaffiError {
  return new RaffiError('aborted', 'The connection to the device was ended.');
}
