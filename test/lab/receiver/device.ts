import { randomUUID } from 'node:crypto';
import { createServer, type TLSSocket } from 'node:tls';
import {
  type CastMessage,
  decodeCastMessage,
  encodeCastMessage,
} from '../../../src/cast/protocol/cast-message.ts';
import { FrameReader, frame } from '../../../src/cast/protocol/frames.ts';
import { NAMESPACE, type Payload, PLATFORM, parsePayload } from '../../../src/cast/protocol/payloads.ts';
import { selfSigned } from './certificate.ts';
import { say } from './log.ts';
import { type LoadedMedia, MediaSession } from './media-session.ts';

export interface DeviceOptions {
  host: string;
  port: number;
  /** Of its clock. */
  speed: number;
  refuseLaunch: boolean;
}

interface Sender {
  socket: TLSSocket;
  /** `sender|endpoint` of every virtual connection. */
  connections: Set<string>;
}

/** A Chromecast's side of CASTV2, as far as the Default Media Receiver goes. */
export class Device {
  readonly #options: DeviceOptions;
  readonly #senders = new Set<Sender>();
  #application: { sessionId: string; transportId: string } | undefined;
  #media: MediaSession | undefined;
  #lastMediaId = 0;
  #volume = { level: 0.5, muted: false };
  #isHushed = false;

  constructor(options: DeviceOptions) {
    this.#options = options;
  }

  /** Resolves to its port. */
  async listen(): Promise<number> {
    const server = createServer(await selfSigned(), (socket) => this.#connected(socket));
    const { host, port } = this.#options;
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return (server.address() as { port: number }).port;
  }

  drop(): void {
    for (const { socket } of this.#senders) socket.destroy();
  }

  hush(on: boolean): void {
    this.#isHushed = on;
  }

  #connected(socket: TLSSocket): void {
    const sender: Sender = { socket, connections: new Set() };
    this.#senders.add(sender);
    say({ kind: 'connection', what: 'opened' });
    const frames = new FrameReader();
    socket.on('data', (piece: Buffer) => {
      for (const message of frames.push(piece)) this.#heard(sender, decodeCastMessage(message));
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#senders.delete(sender);
      say({ kind: 'connection', what: 'closed' });
    });
  }

  #heard(sender: Sender, message: CastMessage): void {
    const payload = parsePayload(message.payload);
    if (!payload || this.#isHushed) return;
    const { sourceId, destinationId, namespace } = message;
    if (namespace === NAMESPACE.heartbeat) {
      if (payload.type === 'PING') this.#answer(sender, message, { type: 'PONG' });
      return;
    }
    say({ kind: 'message', from: sourceId, namespace, payload });
    const connection = `${sourceId}|${destinationId}`;
    if (namespace === NAMESPACE.connection) {
      if (payload.type === 'CONNECT') sender.connections.add(connection);
      else sender.connections.delete(connection);
      return;
    }
    // A real one says nothing at all to who has not connected.
    if (!sender.connections.has(connection)) return;
    const done = this.#do(namespace, payload, destinationId);
    const reply = (answer: object) =>
      this.#answer(sender, message, { ...answer, requestId: payload.requestId });
    if (done instanceof Promise) void done.then(reply);
    else if (done) reply(done);
  }

  /** The answer to a request; undefined to what is for nobody here. */
  #do(namespace: string, payload: Payload, endpoint: string): object | Promise<object> | undefined {
    if (namespace === NAMESPACE.receiver) return this.#receiver(payload);
    if (namespace !== NAMESPACE.media || endpoint !== this.#application?.transportId) return undefined;
    return payload.type === 'LOAD' ? this.#load(payload) : this.#player(payload);
  }

  #receiver(payload: Payload): object {
    switch (payload.type) {
      case 'LAUNCH': {
        if (this.#options.refuseLaunch) return { type: 'LAUNCH_ERROR', reason: 'NOT_ALLOWED' };
        const id = randomUUID();
        this.#application ??= { sessionId: id, transportId: id };
        break;
      }
      case 'STOP':
        if (payload.sessionId !== this.#application?.sessionId)
          return { type: 'INVALID_REQUEST', reason: 'INVALID_SESSION_ID' };
        this.#stopApplication();
        break;
      case 'SET_VOLUME':
        this.#volume = { ...this.#volume, ...(payload.volume as object) };
        break;
      case 'GET_STATUS':
        return this.#receiverStatus();
      default:
        return { type: 'INVALID_REQUEST', reason: 'INVALID_COMMAND' };
    }
    this.#broadcast(PLATFORM, NAMESPACE.receiver, this.#receiverStatus());
    return this.#receiverStatus();
  }

  #player(payload: Payload): object {
    const media = this.#media;
    if (payload.type === 'GET_STATUS') return this.#mediaStatus();
    if (!media || media.isOver || payload.mediaSessionId !== media.id)
      return { type: 'INVALID_REQUEST', reason: 'INVALID_MEDIA_SESSION_ID' };
    switch (payload.type) {
      case 'PLAY':
        media.play();
        break;
      case 'PAUSE':
        media.pause();
        break;
      case 'SEEK':
        media.seek(Number(payload.currentTime));
        break;
      case 'STOP':
        media.end('CANCELLED');
        break;
      case 'EDIT_TRACKS_INFO':
        media.setTracks(payload.activeTrackIds as number[]).then(
          () => this.#tellMedia(),
          (error: Error) => say({ kind: 'failed', reason: error.message }),
        );
        break;
      default:
        return { type: 'INVALID_REQUEST', reason: 'INVALID_COMMAND' };
    }
    return this.#mediaStatus();
  }

  async #load(payload: Payload): Promise<object> {
    this.#media?.end('INTERRUPTED');
    this.#lastMediaId += 1;
    const session = new MediaSession(this.#lastMediaId, payload.media as LoadedMedia, {
      currentTime: Number(payload.currentTime ?? 0),
      autoplay: payload.autoplay !== false,
      speed: this.#options.speed,
      onStatus: () => this.#tellMedia(),
    });
    this.#media = session;
    try {
      await session.load((payload.activeTrackIds as number[] | undefined) ?? []);
      return this.#mediaStatus();
    } catch (error) {
      say({ kind: 'failed', reason: (error as Error).message });
      session.end('ERROR');
      return { type: 'LOAD_FAILED', detailedErrorCode: 311 };
    }
  }

  #stopApplication(): void {
    this.#media?.end('CANCELLED');
    this.#media = undefined;
    const transportId = this.#application?.transportId ?? '';
    this.#application = undefined;
    this.#broadcast(transportId, NAMESPACE.connection, { type: 'CLOSE' });
  }

  #receiverStatus(): object {
    const application = {
      appId: 'CC1AD845',
      displayName: 'Default Media Receiver',
      isIdleScreen: false,
      launchedFromCloud: false,
      namespaces: [{ name: NAMESPACE.media }],
      statusText: 'Default Media Receiver',
      ...this.#application,
    };
    return {
      type: 'RECEIVER_STATUS',
      status: {
        ...(this.#application ? { applications: [application] } : {}),
        userEq: {},
        volume: { controlType: 'attenuation', stepInterval: 0.05, ...this.#volume },
      },
      requestId: 0,
    };
  }

  #mediaStatus(): object {
    return { type: 'MEDIA_STATUS', status: this.#media ? [this.#media.status()] : [], requestId: 0 };
  }

  #tellMedia(): void {
    const transportId = this.#application?.transportId;
    if (transportId) this.#broadcast(transportId, NAMESPACE.media, this.#mediaStatus());
  }

  /** To every sender that has connected to the endpoint. */
  #broadcast(sourceId: string, namespace: string, payload: object): void {
    for (const { socket, connections } of this.#senders) {
      if ([...connections].some((one) => one.endsWith(`|${sourceId}`)))
        this.#send(socket, { sourceId, destinationId: '*', namespace, payload: JSON.stringify(payload) });
    }
  }

  #answer({ socket }: Sender, { sourceId, destinationId, namespace }: CastMessage, payload: object): void {
    this.#send(socket, {
      sourceId: destinationId,
      destinationId: sourceId,
      namespace,
      payload: JSON.stringify(payload),
    });
  }

  #send(socket: TLSSocket, message: CastMessage): void {
    if (!this.#isHushed && !socket.destroyed) socket.write(frame(encodeCastMessage(message)));
  }
}
