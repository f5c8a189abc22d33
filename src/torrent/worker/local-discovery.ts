import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { isPublicAddress } from '../../source/address-policy.ts';
import { LSD_GROUP, LSD_PORT, parseLsdMessage, writeLsdMessage } from './lsd-message.ts';

/** BEP 14. */
const ANNOUNCE_INTERVAL_MS = 5 * 60_000;

interface Member {
  port: number;
  onPeer: (address: string) => void;
}

export interface LocalDiscoveryOptions {
  /** Of the interfaces whose networks are asked; all there are where not given. */
  addresses?: (() => readonly string[]) | undefined;
  onTrouble: (error: unknown) => void;
}

/**
 * Peers of the local network (BEP 14), for all torrents of the engine by one socket, which is there only as long as there is a torrent. (webtorrent's
 * own, bittorrent-lsd 2.0.3, ends the process with the first malformed datagram, and takes peers of any torrent for those of each.)
 */
export class LocalDiscovery {
  readonly #addresses: () => readonly string[];
  readonly #onTrouble: (error: unknown) => void;
  readonly #members = new Map<string, Member>();
  readonly #cookie = randomBytes(8).toString('hex');
  readonly #joined = new Set<string>();
  #socket: Socket | null = null;
  #isBound = false;
  #sending: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor({ addresses = networkAddresses, onTrouble }: LocalDiscoveryOptions) {
    this.#addresses = addresses;
    this.#onTrouble = onTrouble;
  }

  /** Tells the network of a torrent, and `onPeer` of peers in it (`host:port`). Returns how to leave. */
  join(infoHash: string, member: Member): () => void {
    this.#members.set(infoHash, member);
    this.#socket ??= this.#open();
    this.#announce([infoHash]);
    return () => {
      if (this.#members.get(infoHash) !== member) return;
      this.#members.delete(infoHash);
      if (this.#members.size === 0) this.#close();
    };
  }

  #open(): Socket {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    // Without a network, or with the port held by a program that does not share it: the torrent does without.
    socket.on('error', (error) => {
      this.#onTrouble(error);
      if (this.#socket === socket) this.#close();
    });
    socket.on('message', (bytes, { address }) => this.#heard(bytes, address));
    socket.bind(LSD_PORT, () => {
      this.#isBound = true;
      this.#announce([...this.#members.keys()]);
    });
    // A datagram whose socket is closed meanwhile is never called back for.
    this.#sending = Promise.resolve();
    this.#timer = setInterval(() => this.#announce([...this.#members.keys()]), ANNOUNCE_INTERVAL_MS).unref();
    return socket;
  }

  #close(): void {
    clearInterval(this.#timer);
    this.#socket?.close();
    this.#socket = null;
    this.#isBound = false;
    this.#joined.clear();
  }

  #heard(bytes: Uint8Array, sender: string): void {
    const message = parseLsdMessage(bytes);
    // The local network is what it is for, and anybody may send a datagram to the port.
    if (!message || message.cookie === this.#cookie || isPublicAddress(sender)) return;
    for (const infoHash of message.infoHashes)
      this.#members.get(infoHash)?.onPeer(`${sender}:${message.port}`);
  }

  /** One after the other: which interface a datagram leaves by is a state of the socket. */
  #announce(infoHashes: readonly string[]): void {
    const socket = this.#socket;
    if (!socket || !this.#isBound) return;
    this.#sending = this.#sending
      .then(async () => {
        for (const address of this.#addresses()) {
          if (this.#socket !== socket) return;
          await this.#announceAt(address, socket, infoHashes);
        }
      })
      .catch((error: unknown) => this.#onTrouble(error));
  }

  async #announceAt(address: string, socket: Socket, infoHashes: readonly string[]): Promise<void> {
    try {
      this.#joinGroup(socket, address);
      socket.setMulticastInterface(address);
      for (const infoHash of infoHashes) await this.#send(socket, infoHash);
    } catch (error) {
      // An interface that has just gone, a network that takes no multicast: the others do, and the next round tries again.
      this.#onTrouble(error);
    }
  }

  async #send(socket: Socket, infoHash: string): Promise<void> {
    const port = this.#members.get(infoHash)?.port;
    if (port === undefined || this.#socket !== socket) return;
    const text = writeLsdMessage({ port, infoHashes: [infoHash], cookie: this.#cookie });
    await new Promise<void>((resolve, reject) =>
      socket.send(text, LSD_PORT, LSD_GROUP, (error) => (error ? reject(error) : resolve())),
    );
  }

  #joinGroup(socket: Socket, address: string): void {
    if (this.#joined.has(address)) return;
    try {
      socket.addMembership(LSD_GROUP, address);
    } catch (error) {
      // By another address of the same interface it is in the group already.
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
    this.#joined.add(address);
  }
}

function networkAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}
