import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { type AddressRanges, parseAddressRanges } from '../address-ranges.ts';
import type { TrackerHealth } from '../protocol.ts';
import { Tracker } from './tracker.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A server that answers as a tracker of no good will may; returns `host:port`. */
async function serve(answer: RequestListener, onSocket?: (send: (text: string) => void) => void) {
  const server = http.createServer(answer);
  server.on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on('error', () => {});
    // RFC 6455 §5.2: one final frame of text, short and not masked.
    onSocket?.((text) => socket.write(Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)])));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As one that the person named, unless told: these are at home, and their paths hold keys. */
function ask(url: string, { isOwn = true, blocked = null as AddressRanges | null } = {}) {
  const peers: unknown[] = [];
  const troubles: string[] = [];
  const tracker = new Tracker({
    url,
    isOwn,
    blocked,
    infoHash: 'a'.repeat(40),
    peerId: 'b'.repeat(40),
    port: 6881,
    rtcConfig: { bindAddress: '127.0.0.1', iceServers: [] },
    progress: () => ({ uploaded: 0, downloaded: 0, left: 1 }),
    onPeer: (peer) => peers.push(peer),
    onTrouble: (text) => troubles.push(text),
  });
  endings.push(() => tracker.close());
  const outcome = async (): Promise<TrackerHealth> => {
    await vi.waitFor(() => expect(tracker.health.state).not.toBe('waiting'), 10_000);
    return tracker.health;
  };
  return { tracker, peers, troubles, outcome };
}

const PASSKEY = '0123456789abcdef';
const bencoded = (interval: string) =>
  `d8:completei3e10:incompletei2e8:intervali${interval}e5:peers6:\x7f\x00\x00\x02\x1a\xe1e`;

test('a tracker that answers is working, and says what it counts', async () => {
  const host = await serve((_request, response) => response.end(bencoded('1800'), 'latin1'));
  const { outcome, peers } = ask(`http://${host}/${PASSKEY}/announce`);
  expect(await outcome()).toEqual({ url: `http://${host}`, state: 'working', seeds: 3, leeches: 2 });
  expect(peers).toEqual(['127.0.0.2:6881']);
});

test.each<[string, RequestListener, RegExp]>([
  ['refuses', (_, response) => response.end('d14:failure reason24:unknown 0123456789abcdefe'), /^unknown …$/],
  [
    'has no page',
    (_, response) => response.writeHead(404).end(),
    /^Non-200 response code 404 from http:\/\/127\.0\.0\.1:\d+$/,
  ],
  ['sends junk', (_, response) => response.end('<html>'), /decoding/],
  [
    'breaks off',
    (_, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('d8:', () => response.destroy());
    },
    /closed|terminated/,
  ],
  ['sends too much', (_, response) => response.end(Buffer.alloc(600 * 1024)), /size/],
  [
    'leads to a metadata service',
    (_, response) => response.writeHead(302, { Location: 'http://169.254.169.254/latest' }).end(),
    /reserved/,
  ],
])('one that %s has failed, names no key, and nothing else breaks', async (_what, answer, reason) => {
  const host = await serve(answer);
  const { outcome, troubles } = ask(`http://${host}/${PASSKEY}/announce?passkey=${PASSKEY}`);
  const health = await outcome();
  expect(health).toMatchObject({ url: `http://${host}`, state: 'failed' });
  expect(health.error).toMatch(reason);
  expect(JSON.stringify([health, troubles])).not.toContain(PASSKEY);
});

test.each(['null', '5', '{"action":"announce"}', '{"action":"none"}', 'junk'])(
  'one that sends %s over a WebSocket has failed, and nothing else breaks',
  async (text) => {
    const host = await serve(
      (_request, response) => response.end(),
      (send) => send(text),
    );
    const { outcome } = ask(`ws://${host}/${PASSKEY}`);
    expect(await outcome()).toMatchObject({ url: `ws://${host}`, state: 'failed' });
  },
);

test('one that is not there has failed, and says why', async () => {
  const host = await serve(() => {});
  for (const end of endings.splice(0)) await end();
  const { outcome } = ask(`http://${host}/announce`);
  expect((await outcome()).error).toContain('ECONNREFUSED');
});

// As a timer's delay each of them would be at once, for ever.
test.each(['99999999999', '-5'])(
  'an interval of %s s is not taken for many announcements',
  async (interval) => {
    let announced = 0;
    const host = await serve(({ url }, response) => {
      if (url !== '/ping') announced += 1;
      response.end(bencoded(interval), 'latin1');
    });
    const { outcome } = ask(`http://${host}/announce`);
    await outcome();
    // Far more round trips than milliseconds would be needed.
    for (let n = 0; n < 100; n += 1) await (await fetch(`http://${host}/ping`)).arrayBuffer();
    expect(announced).toBe(1);
  },
);

/** A server that tells what it was asked for. */
async function watched(answer: RequestListener = (_, response) => response.end(bencoded('1800'), 'latin1')) {
  const asked: string[] = [];
  const host = await serve(
    (request, response) => {
      asked.push(request.url ?? '');
      answer(request, response);
    },
    () => asked.push('a WebSocket'),
  );
  return { host, asked, name: host.replace('127.0.0.1', 'localhost') };
}

test('a tracker at home that a torrent names is asked for nothing but an announcement', async () => {
  const { host, name, asked } = await watched();
  expect(await ask(`http://${name}/announce`, { isOwn: false }).outcome()).toMatchObject({
    state: 'working',
  });
  for (const url of [
    `http://${host}/apply.cgi?reboot=1`,
    `http://${host}/announce?reboot=1`,
    `http://${name}/apply.cgi`,
    `ws://${host}/apply.cgi`,
    `ws://${name}/?reboot=1`,
  ]) {
    const { error } = await ask(url, { isOwn: false }).outcome();
    // Of a WebSocket, its library does not say why.
    expect(error).toMatch(url.startsWith('ws:') ? /connecting/ : /private network/);
  }
  expect(asked).toEqual([expect.stringMatching(/^\/announce\?.*info_hash=/)]);
  expect(await ask(`http://${host}/apply.cgi?reboot=1`).outcome()).toMatchObject({ state: 'working' });
});

test('nor does a redirect lead to more', async () => {
  const { host, asked } = await watched((request, response) =>
    response
      .writeHead(302, { Location: request.url?.includes('again') ? '/apply.cgi' : '/announce/again' })
      .end(),
  );
  const { error } = await ask(`http://${host}/announce`, { isOwn: false }).outcome();
  expect(error).toMatch(/private network/);
  expect(asked.map((url) => url.split('?')[0])).toEqual(['/announce', '/announce/again']);
});

test.each(['http', 'ws', 'udp'])('a blocked %s tracker is not asked', async (scheme) => {
  const { host, name, asked } = await watched();
  const blocked = parseAddressRanges('127.0.0.0/8\n::1');
  for (const at of [host, name]) {
    const { error } = await ask(`${scheme}://${at}/announce`, { blocked }).outcome();
    expect(error).toMatch(scheme === 'ws' ? /connecting/ : /blocked/);
  }
  expect(asked).toEqual([]);
});

/** A UDP tracker (BEP 15): the events that it is told of. */
async function udpTracker() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  endings.push(() => socket.close());
  const events: number[] = [];
  socket.on('message', (bytes, { port, address }) => {
    // Of a stranger.
    if (bytes.length < 16) return;
    const isAnnouncement = bytes.readUInt32BE(8) === 1;
    const answer = Buffer.alloc(isAnnouncement ? 20 : 16);
    bytes.copy(answer, 0, 8, 16);
    if (isAnnouncement) events.push(bytes.readUInt32BE(80));
    socket.send(answer, port, address);
  });
  return { port: socket.address().port, events };
}

test('a UDP tracker is asked where its name leads, and told when we leave', async () => {
  const { port, events } = await udpTracker();
  const { outcome } = ask(`udp://localhost:${port}/announce`, { isOwn: false });
  expect(await outcome()).toMatchObject({ url: `udp://localhost:${port}`, state: 'working' });
  for (const end of endings.splice(0).reverse()) await end();
  const [STARTED, STOPPED] = [2, 3];
  expect(events).toEqual([STARTED, STOPPED]);
});

test.each(['169.254.169.254', '224.0.0.1', '255.255.255.255'])('nor is %s told of us', async (address) => {
  expect((await ask(`udp://${address}:80/announce`).outcome()).error).toMatch(/reserved/);
});
