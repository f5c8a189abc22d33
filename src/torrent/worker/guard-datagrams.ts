import type { Socket } from 'node:dgram';
import { isBencoded } from '../safe-bencode.ts';
import { contained } from './contained.ts';

/**
 * Lets through to the listeners that a DHT socket has what is bencoded, and no exception out of them. Anybody may send a datagram there, and the
 * listeners trust them in places: k-rpc-socket 1.11.1 decodes with a bencode of its own, which takes no end where ours throws (see `safe-bencode.ts`),
 * and bittorrent-dht 11.0.12 throws over a token or a hash that is not bytes. Nobody need know of such a datagram.
 */
export function guardDatagrams(socket: Socket): void {
  for (const listener of socket.listeners('message')) {
    socket.removeListener('message', listener as () => void);
    const handle = contained(listener.bind(socket) as (...args: unknown[]) => unknown, () => {});
    socket.on('message', (bytes, sender) => {
      if (isBencoded(bytes)) handle(bytes, sender);
    });
  }
}
