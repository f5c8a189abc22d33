import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import type { CastToken } from '../../src/index.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import { ApiDescription } from '../http/api-description.ts';
import { film } from '../lab/media/index.ts';
import { type Ask, ask, type Told } from '../support/lan.ts';
import { LAN_ADDRESS, LAN_NOTE } from '../support/lan-address.ts';
import { Rig } from './rig.ts';

/**
 * Who may do what of each route, as the contract says it ("LAN guard"). `receiver`: a device of the network with the session's token may read
 * it. `computer`: nobody but this computer. A route that is not listed fails the test.
 */
const ROUTES: Record<string, 'receiver' | 'computer'> = {
  '/': 'computer',
  '/sessions': 'computer',
  '/sessions/{id}': 'receiver',
  '/sessions/{id}/audio': 'computer',
  '/sessions/{id}/download': 'computer',
  '/sessions/{id}/feedback': 'computer',
  '/sessions/{id}/stream': 'receiver',
  '/sessions/{id}/stream/child.m3u8': 'receiver',
  '/sessions/{id}/stream/{name}': 'receiver',
  '/sessions/{id}/master.m3u8': 'receiver',
  '/sessions/{id}/hls/{rendition}/{asset}': 'receiver',
  '/sessions/{id}/direct': 'computer',
  '/sessions/{id}/events': 'computer',
  '/sessions/{id}/subtitles': 'computer',
  '/sessions/{id}/subtitles/{name}': 'receiver',
  '/stats': 'computer',
  '/cleanup': 'computer',
  '/cast/token': 'computer',
  '/torrents/{infoHash}': 'computer',
  '/torrents/{infoHash}/{fileIdx}': 'computer',
  '/torrents/{infoHash}/status': 'computer',
};
const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'OPTIONS'];
const NOBODY = '00000000-0000-4000-8000-000000000000';
const PARAMETERS: Record<string, string> = {
  name: 's0a0-0.ts',
  rendition: 'v0',
  asset: 'playlist.m3u8',
  infoHash: 'a'.repeat(40),
  fileIdx: '0',
};
const ALLOWED_PAGE = 'https://player.example';
const FOREIGN_PAGE = 'https://evil.example';

const api = new ApiDescription(new URL('../../openapi.yaml', import.meta.url));

let rig: Rig;
let port: number;
let session: string;
let foreign: CastToken;
const tokens = new Map<string, CastToken>();

beforeAll(async () => {
  // What the guard lets in shall not wait long for films that never come.
  const config = { allowedOrigins: [ALLOWED_PAGE], torrent: LOOPBACK_SETTINGS };
  rig = await Rig.start(config, { waits: { viewMs: 500 } });
  port = Number(new URL(rig.baseUrl).port);
  session = await rig.open(await film('gop2-mkv'));
  const other = await rig.open(await film('gop2-mp4'));
  await rig.text(`/sessions/${session}/master.m3u8`);
  if (LAN_ADDRESS === undefined) return;
  const day = 24 * 60 * 60;
  tokens.set('expired', await rig.core.issueCastToken({ sessionId: session, ttlSeconds: 30 }));
  foreign = await rig.core.issueCastToken({ sessionId: other, ttlSeconds: day });
  tokens.set('foreign', foreign);
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 31_000);
  tokens.set('good', await rig.core.issueCastToken({ sessionId: session, ttlSeconds: day }));
});
afterAll(async () => {
  vi.useRealTimers();
  await rig.stop();
});

/** One row of the table. */
interface Row {
  route: string;
  method: string;
  host?: string;
  origin?: string;
  site?: string;
  /** A key of `TOKENS`. */
  token: string;
}

/** How a token may come along: in the query, in the header. */
const TOKENS: Record<string, () => { query?: string | undefined; header?: string | undefined }> = {
  none: () => ({}),
  'an empty one': () => ({ query: '' }),
  'a bad one': () => ({ query: 'A'.repeat(43) }),
  'one that has expired': () => ({ query: tokens.get('expired')?.token }),
  'one of another session': () => ({ query: tokens.get('foreign')?.token }),
  'the session’s': () => ({ query: tokens.get('good')?.token }),
  'the session’s in the header': () => ({ header: tokens.get('good')?.token }),
  'the session’s in the header, a bad one in the query': () => ({
    query: 'A'.repeat(43),
    header: tokens.get('good')?.token,
  }),
};
const GOOD = ['the session’s', 'the session’s in the header'];

const HOSTS = ['127.0.0.1', 'localhost', '[::1]', '127.0.0.1.evil.example', LAN_ADDRESS ?? '10.0.0.1'];
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const PAGES: Pick<Row, 'origin' | 'site'>[] = [
  {},
  { site: 'none' },
  { site: 'cross-site' },
  { origin: 'app://raffi', site: 'cross-site' },
  { origin: ALLOWED_PAGE, site: 'cross-site' },
  { origin: FOREIGN_PAGE, site: 'cross-site' },
  { origin: 'null' },
];

type Verdict = 'in' | `${401 | 403} ${string}`;

/** The contract's sentences about requests of this computer. */
function expectedHere({ host = '', origin, site }: Row): Verdict {
  if (!LOOPBACK_NAMES.includes(host)) return '403 host_refused';
  if (origin !== undefined)
    return [ALLOWED_PAGE, 'app://raffi'].includes(origin) ? 'in' : '403 origin_refused';
  return site === 'cross-site' ? '403 origin_refused' : 'in';
}

/** Those about everybody else. */
function expectedThere({ route, method, origin, token }: Row): Verdict {
  if (ROUTES[route] !== 'receiver') return '403 not_local';
  if (method === 'OPTIONS' && origin !== undefined) return 'in';
  if (['POST', 'DELETE', 'PUT'].includes(method)) return '403 not_local';
  if (token === 'none' || token === 'an empty one') return '401 token_missing';
  return GOOD.includes(token) ? 'in' : '401 token_invalid';
}

function send(row: Row, at: Pick<Ask, 'host' | 'port'>, id: string): Promise<Told> {
  const { query, header } = TOKENS[row.token]?.() ?? {};
  const path = row.route.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'id' ? id : (PARAMETERS[name] ?? ''),
  );
  return ask({
    ...at,
    method: row.method,
    path: query === undefined ? path : `${path}?cast_token=${query}`,
    headers: [
      ...(row.host === undefined ? [] : ['Host', `${row.host}:${at.port}`]),
      ...(row.origin === undefined ? [] : ['Origin', row.origin]),
      ...(row.site === undefined ? [] : ['Sec-Fetch-Site', row.site]),
      ...(header === undefined ? [] : ['X-Raffi-Cast-Token', header]),
    ],
  });
}

/** What is wrong with an answer; null when nothing is. */
function fault(row: Row, verdict: Verdict, { status, code, headers }: Told): object | null {
  const told = row.method === 'HEAD' ? String(status) : `${status} ${code}`;
  if (headers.location !== undefined) return { row, redirects: headers.location };
  const cors = headers['access-control-allow-origin'];
  if (verdict !== 'in') {
    const isRight = told === (row.method === 'HEAD' ? verdict.slice(0, 3) : verdict) && cors === undefined;
    return isRight ? null : { row, verdict, told, cors };
  }
  if (cors !== row.origin) return { row, cors };
  const methods = Object.keys((api.document.paths as Record<string, object>)[row.route] ?? {});
  if (row.method === 'OPTIONS') return status === 204 ? null : { row, told };
  if (!methods.includes(row.method.toLowerCase())) return status === 405 ? null : { row, told };
  // What the route itself says: the guard’s words must not be among it.
  return status === 401 || status === 403 ? { row, verdict, told } : null;
}

async function faults(
  rows: readonly Row[],
  verdictOf: (row: Row) => Verdict,
  ask: (row: Row) => Promise<Told>,
) {
  const found: object[] = [];
  const queue = [...rows];
  const worker = async () => {
    for (let row = queue.pop(); row !== undefined; row = queue.pop()) {
      const wrong = fault(row, verdictOf(row), await ask(row));
      if (wrong !== null) found.push(wrong);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return found;
}

test('every route of the app is decided on', () => {
  expect(Object.keys(api.document.paths as object).sort()).toEqual(Object.keys(ROUTES).sort());
});

const HERE = Object.keys(ROUTES).flatMap((route) =>
  METHODS.flatMap((method) =>
    HOSTS.flatMap((host) =>
      PAGES.flatMap((page) =>
        (method === 'GET' ? ['none', 'a bad one'] : ['none']).map(
          (token): Row => ({ route, method, host, ...page, token }),
        ),
      ),
    ),
  ),
);

describe(`requests of this computer (${HERE.length} rows)`, () => {
  it.each(Object.keys(ROUTES))('%s', async (route) => {
    const rows = HERE.filter((row) => row.route === route);
    // Of nobody's session: what is let in may well do what it is for.
    const at = { host: '127.0.0.1', port };
    expect(await faults(rows, expectedHere, (row) => send(row, at, NOBODY))).toEqual([]);
  });
});

const THERE = Object.keys(ROUTES).flatMap((route) =>
  METHODS.flatMap((method) =>
    Object.keys(TOKENS).flatMap((token): Row[] => [
      { route, method, token },
      { route, method, token, host: '127.0.0.1', origin: 'app://raffi', site: 'same-origin' },
      { route, method, token, host: 'evil.example', origin: 'https://www.gstatic.com', site: 'cross-site' },
    ]),
  ),
);

describe.skipIf(LAN_ADDRESS === undefined)(
  `requests of the network (${THERE.length} rows)${LAN_NOTE}`,
  () => {
    const at = () => ({ host: LAN_ADDRESS ?? '', port: Number(new URL(foreign.streamUrl).port) });

    it.each(Object.keys(ROUTES))('%s', async (route) => {
      const rows = THERE.filter((row) => row.route === route);
      expect(await faults(rows, expectedThere, (row) => send(row, at(), session))).toEqual([]);
    });
  },
);
