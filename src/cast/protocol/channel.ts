import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { RaffiError } from '../../errors.ts';
import { type CastMessage, decodeCastMessage, encodeCastMessage } from './cast-message.ts';
import { FrameReader, frame } from './frames.ts';

export interface ChannelAddress {
  host: string;
  port: number;
}

export interface ChannelEvents {
  onMessage(message: CastMessage): void;
  /** Once, unless we closed it ourselves. */
  onLost(error: RaffiError): void;
}

/** A socket that carries cast messages. */
export interface Channel {
  /** The device's, as the socket has it. */
  readonly peerAddress: string;
  /** Into the socket's queue; nothing where it is closed. */
  send(message: CastMessage): void;
  /** Idempotent. What was sent still goes out. */
  close(): void;
}

/** A device in the same network answers in milliseconds; one that is off never does. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Of what the device does not take: a remote control says little. */
const MAX_BACKLOG_BYTES = 1024 * 1024;
/** How long what was sent last may take to go out. */
const CLOSE_GRACE_MS = 500;

/** Connects. @throws `cast_device_unreachable`, or the signal's reason. */
export async function openChannel(
  { host, port }: ChannelAddress,
  events: ChannelEvents,
  signal: AbortSignal,
): Promise<Channel> {
  const socket = connect({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // A device signs its certificate itself, anew every day or two, for a name of its own: there is nothing to check it against. Google's senders
    // let the device prove its make in `tp.deviceauth`; a device that is not Google's would then be refused, and nothing that we send is secret:
    // the film's token is of use to whoever has the address of this session alone.
    rejectUnauthorized: false,
    // One of the first generation speaks nothing later.
    minVersion: 'TLSv1.2',
  });
  // A message of a few bytes must not wait for the acknowledgement of the last one.
  socket.setNoDelay(true);
  await connected(socket, { host, port }, signal);
  const frames = new FrameReader();
  let isClosed = false;
  const lose = (cause: unknown) => {
    socket.destroy();
    if (isClosed) return;
    isClosed = true;
    events.onLost(lost(cause));
  };
  socket.on('data', (piece: Buffer) => {
    try {
      for (const message of frames.push(piece)) events.onMessage(decodeCastMessage(message));
    } catch (error) {
      lose(error);
    }
  });
  socket.on('error', lose);
  socket.on('close', () => lose(undefined));
  return {
    peerAddress: socket.remoteAddress ?? host,
    send(message) {
      if (isClosed || socket.destroyed) return;
      socket.write(frame(encodeCastMessage(message)));
      if (socket.writableLength > MAX_BACKLOG_BYTES) lose(new Error('The device takes nothing any more.'));
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      const grace = setTimeout(() => socket.destroy(), CLOSE_GRACE_MS).unref();
      socket.end(() => {
        clearTimeout(grace);
        socket.destroy();
      });
    },
  };
}

async function connected(socket: TLSSocket, address: ChannelAddress, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const bound = AbortSignal.any([signal, late]);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed')));
      bound.addEventListener('abort', () => reject(bound.reason), { once: true });
      if (bound.aborted) reject(bound.reason);
    });
    socket.removeAllListeners('error').removeAllListeners('close');
  } catch (cause) {
    // A socket that was destroyed may still have an error to tell.
    socket.on('error', () => {}).destroy();
    signal.throwIfAborted();
    throw unreachable(address, cause);
  }
}

function unreachable({ host, port }: ChannelAddress, cause: unknown): RaffiError {
  return new RaffiError(
    'cast_device_unreachable',
    `No cast device answers at ${host}, port ${port}. Look whether it is switched on and in the same network as this computer.`,
    { cause },
  );
}

function lost(cause: unknown): RaffiError {
  return new RaffiError(
    'cast_device_unreachable',
    'The connection to the device broke off. Look whether it is switched on and in the same network, then cast again.',
    { cause },
  );
}
