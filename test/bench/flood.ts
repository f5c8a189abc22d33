import { connect, createServer } from 'node:net';

/**
 * A neighbour that asks a core for a film with bad tokens, over a connection of its own each time: `flood host port path requestsPerSecond`. As
 * `flood sink host` it is what such a flood costs at least: a server that resets every connection. Says `{port}`, or `{perSecond}` every second.
 */
const TICK_MS = 10;
const MAX_OPEN = 500;

const [host = '', port = '', path = '', rate = ''] = process.argv.slice(2);

process.once('disconnect', () => process.exit());
if (host === 'sink') sink(port);
else flood();

function sink(address: string): void {
  const server = createServer((socket) => socket.resetAndDestroy());
  server.listen(0, address, () => process.send?.({ port: (server.address() as { port: number }).port }));
}

function flood(): void {
  const perTick = (Number(rate) * TICK_MS) / 1000;
  const startedMs = performance.now();
  let sent = 0;
  let open = 0;
  setInterval(() => {
    // By the clock, since timers are late on a busy machine.
    const due = Math.min(((performance.now() - startedMs) / TICK_MS) * perTick - sent, perTick * 10);
    for (let n = 0; n < due && open < MAX_OPEN; n++) {
      sent += 1;
      open += 1;
      const token = `${sent}`.padStart(43, 'A');
      const socket = connect(Number(port), host);
      socket.on('error', () => {});
      socket.once('close', () => {
        open -= 1;
      });
      socket.resume().end(`GET ${path}?cast_token=${token} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    }
  }, TICK_MS);
  const report = () => {
    const perSecond = sent / ((performance.now() - startedMs) / 1000);
    // Whoever listened may just have gone.
    process.send?.({ perSecond }, undefined, undefined, () => {});
  };
  setInterval(report, 1000);
}
