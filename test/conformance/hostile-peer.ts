import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** BEP 10: the id of all messages of extensions, and of the handshake among them. */
const [EXTENDED, HANDSHAKE] = [20, 0];

const [ROUNDS, ROUND_MS] = [10, 100];

/** A peer on loopback that shakes hands and then sends whatever it is told to, each message behind its length. */
export async function hostilePeer(infoHash: string, messages: readonly Uint8Array[]) {
  let asked = 0;
  const server = createServer((socket) => {
    asked += 1;
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(handshakeOf(infoHash, asked));
      const all = Buffer.concat(messages.map(framed));
      // Again and again: before the description is known and after. Then it leaves, and is connected to anew.
      let rounds = 0;
      const timer = setInterval(() => {
        rounds += 1;
        if (rounds < ROUNDS) socket.write(all);
        else socket.destroy();
      }, ROUND_MS);
      socket.on('close', () => clearInterval(timer));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as { port: number }).port}`,
    /** How often it was connected to. */
    asked: () => asked,
    close: async () => void server.close(),
  };
}

/** Connects to somebody, sends that, and waits until it is let go. */
export async function untilLeft(port: number, bytes: Uint8Array): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {}).resume();
  socket.write(bytes);
  await once(socket, 'close');
}

/** Of a peer that speaks the extension protocol (BEP 10) and says nothing of encryption. */
export function handshakeOf(infoHash: string, number = 0): Uint8Array {
  return Buffer.concat([
    Buffer.from('\x13BitTorrent protocol\0\0\0\0\0\x10\0\0', 'latin1'),
    Buffer.from(infoHash, 'hex'),
    Buffer.from(`-XX0001-${String(number).padStart(12, '0')}`),
  ]);
}

/** A message behind its length. */
export function framed(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

/** Of extensions: `ut_metadata` is number 1 on both sides. */
export function extended(text: string, id = HANDSHAKE): Uint8Array {
  return Buffer.concat([Buffer.from([EXTENDED, id]), Buffer.from(text, 'latin1')]);
}
