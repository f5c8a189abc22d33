import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CastToken } from '../../src/index.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import { film } from '../lab/media/index.ts';
import { ask } from '../support/lan.ts';
import { LAN_ADDRESS, LAN_NOTE } from '../support/lan-address.ts';
import { Rig } from './rig.ts';

/** What computers of the network and pages of other sites try with a core that casts films. Who may do what of each route: cast-guard. */

const FOREIGN_PAGE = 'https://evil.example';

let rig: Rig;
let port: number;
let session: string;
/** The one of `session`; only where this computer is in a network. */
let token: CastToken;

beforeAll(async () => {
  const config = { allowedOrigins: ['https://player.example'], torrent: LOOPBACK_SETTINGS };
  // What the guard lets in shall not wait long for films that never come.
  rig = await Rig.start(config, { waits: { viewMs: 500 } });
  port = Number(new URL(rig.baseUrl).port);
  session = await rig.open(await film('gop2-mkv'));
  await rig.text(`/sessions/${session}/master.m3u8`);
  if (LAN_ADDRESS !== undefined) token = await rig.core.issueCastToken({ sessionId: session });
});
afterAll(() => rig.stop());

describe.skipIf(LAN_ADDRESS === undefined)(`a computer of the network${LAN_NOTE}`, () => {
  const at = () => ({ host: LAN_ADDRESS ?? '', port: Number(new URL(token.streamUrl).port) });

  it('plays the film with its token, and is not told where it comes from', async () => {
    for (const url of [token.streamUrl, token.masterUrl, token.sessionUrl]) {
      const { pathname, search } = new URL(url);
      const answer = await ask({ ...at(), path: pathname + search });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('"source"');
      expect(answer.text).not.toContain((await film('gop2-mkv')).split('/').slice(0, -1).join('/'));
    }
  });

  it.each([
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Forwarded-Host', 'localhost'],
    ['X-Real-IP', '127.0.0.1'],
    ['Forwarded', 'for=127.0.0.1;host=localhost'],
    ['True-Client-IP', '127.0.0.1'],
    ['Client-IP', '::1'],
    ['Via', '1.1 localhost'],
    ['X-Original-URL', '/stats'],
    ['X-HTTP-Method-Override', 'DELETE'],
  ])('is not made local by %s: %s', async (name, value) => {
    const forged = ['Host', 'localhost', 'Origin', 'app://raffi', name, value];
    for (const path of ['/', '/sessions', '/stats'])
      expect(await ask({ ...at(), path, headers: forged })).toMatchObject({
        status: 403,
        code: 'not_local',
      });
    const { pathname } = new URL(token.sessionUrl);
    expect(await ask({ ...at(), path: pathname, headers: forged })).toMatchObject({ status: 401 });
  });

  it('gets no torrent’s hash, files or trackers', async () => {
    const hash = 'c'.repeat(40);
    const id = await rig.open(`magnet:?xt=urn:btih:${hash}&dn=Film&tr=https://tracker.invalid/s3cret`);
    const { sessionUrl } = await rig.core.issueCastToken({ sessionId: id });
    const { pathname, search } = new URL(sessionUrl);
    const { status, text } = await ask({ ...at(), path: pathname + search });
    expect([status, JSON.parse(text).name]).toEqual([200, 'Film']);
    for (const secret of [hash, 'tracker', 's3cret']) expect(text).not.toContain(secret);
    await rig.close(id);
  });
});

describe('pages of other sites', () => {
  it.each([
    ['a form', ['Origin', FOREIGN_PAGE, 'Content-Type', 'application/x-www-form-urlencoded']],
    ['a form that sends text', ['Origin', FOREIGN_PAGE, 'Content-Type', 'text/plain']],
    ['a form in a sandboxed frame', ['Origin', 'null', 'Content-Type', 'text/plain']],
    ['a form of an old browser', ['Sec-Fetch-Site', 'cross-site', 'Content-Type', 'text/plain']],
    ['a name that was rebound', ['Host', 'evil.example', 'Content-Type', 'text/plain']],
    ['a name that was rebound, with its origin', ['Host', 'evil.example', 'Origin', 'http://evil.example']],
    ['two Host headers', ['Host', '127.0.0.1', 'Host', 'evil.example']],
    ['no Host at all', ['Host', '']],
  ])('%s opens nothing and ends nothing', async (_, headers) => {
    const at = { host: '127.0.0.1', port, headers };
    const before = (await ask({ host: '127.0.0.1', port, path: '/sessions' })).text;
    const source = JSON.stringify({ source: 'http://host.invalid/film.mkv' });
    for (const [method, path] of [
      ['POST', '/sessions'],
      ['POST', `/cleanup?id=${session}`],
      ['DELETE', `/sessions/${session}`],
      ['POST', '/cast/token'],
    ] as const)
      expect((await ask({ ...at, method, path, body: source })).status).toSatisfy(
        (status) => status === 403 || status === 400,
      );
    expect((await ask({ host: '127.0.0.1', port, path: '/sessions' })).text).toBe(before);
  });

  it.each([
    ['this computer, a foreign page', '127.0.0.1', FOREIGN_PAGE, 403],
    ['this computer, our own page', '127.0.0.1', 'app://raffi', 400],
    ['the network, without a token', LAN_ADDRESS, undefined, 401],
  ])('get no WebSocket: %s', async (_, host, origin, status) => {
    if (host === undefined) return;
    const isHere = host === '127.0.0.1';
    const { port: lanPort } = isHere ? { port } : new URL(token.streamUrl);
    const head = await upgrade(host, Number(isHere ? port : lanPort), `/sessions/${session}`, origin);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).not.toMatch(/^upgrade:/im);
  });

  it.skipIf(LAN_ADDRESS === undefined)(
    `get no WebSocket: the network, with the token${LAN_NOTE}`,
    async () => {
      const { port: lanPort, pathname, search } = new URL(token.sessionUrl);
      const head = await upgrade(
        LAN_ADDRESS ?? '',
        Number(lanPort),
        pathname + search,
        'https://www.gstatic.com',
      );
      expect(head).toMatch(/^HTTP\/1.1 400 /);
    },
  );
});

/** The head of the answer to a WebSocket's handshake. */
async function upgrade(
  host: string,
  port: number,
  path: string,
  origin: string | undefined,
): Promise<string> {
  const socket = connect(port, host);
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      ...(origin === undefined ? [] : [`Origin: ${origin}`]),
      '\r\n',
    ].join('\r\n'),
  );
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\r\n\r\n')) break;
  }
  return text;
}
