import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which Linux takes the ports of outgoing connections: nobody else is given one by chance. */
const [FIRST, END] = [15_000, 32_000];

/** A port free for TCP and UDP on that address, for programs that cannot be asked which one they took. */
export async function freePort(host: string): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    if ((await isTcpFree(host, port)) && (await isUdpFree(host, port))) return port;
  }
}

async function isTcpFree(host: string, port: number): Promise<boolean> {
  const server = createServer().listen(port, host);
  const isFree = await settles(once(server, 'listening'));
  if (isFree) await once(server.close(), 'close');
  return isFree;
}

async function isUdpFree(host: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind(port, host);
  const isFree = await settles(once(socket, 'listening'));
  if (isFree) await once(socket.close(), 'close');
  return isFree;
}

function settles(event: Promise<unknown>): Promise<boolean> {
  return event.then(
    () => true,
    () => false,
  );
}
