import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AccessRequest, decideAccess } from './decide-access.ts';
import { isLoopbackHost, isOwnOrigin } from './loopback.ts';

const ID = '3f2b8a52-5d07-4c5e-9d1c-0a4a4e3c1f10';
const policy = {
  allowedOrigins: ['app://raffi', 'https://player.example'],
  verifyCastToken: (token: string, sessionId: string) => token === 'good' && sessionId === ID,
};
const base: AccessRequest = {
  remoteAddress: '127.0.0.1',
  localPort: 6969,
  method: 'GET',
  path: '/',
  host: '127.0.0.1:6969',
  origin: undefined,
  secFetchSite: undefined,
  castToken: undefined,
};

const LOCAL_ADDRESSES = ['127.0.0.1', '127.0.0.2', '::1', '::ffff:127.0.0.1'];
const FAR_ADDRESSES = ['192.168.1.7', '::ffff:192.168.1.7', 'fe80::1', '8.8.8.8', '0.0.0.0', '::', undefined];
const GOOD_HOSTS = [
  '127.0.0.1:6969',
  'localhost:6969',
  'LOCALHOST:6969',
  '[::1]:6969',
  '127.0.0.1',
  'localhost',
  '[::1]',
];
const BAD_HOSTS = [
  'evil.example',
  'evil.example:6969',
  '127.0.0.1.evil.example:6969',
  'localhost.evil.example',
  'localhost:6970',
  '127.0.0.1:80',
  '192.168.1.2:6969',
  '::1',
  'localhost:',
  'localhost:6969 ',
  '',
  undefined,
];
const GOOD_ORIGINS = [
  'app://raffi',
  'https://player.example',
  'http://127.0.0.1:6969',
  'http://localhost:6969',
  undefined,
];
const BAD_ORIGINS = [
  'https://evil.example',
  'null',
  'file://',
  'app://raffi.evil',
  'http://player.example',
  'https://player.example:8443',
  'http://localhost',
  'http://localhost:3000',
  'https://localhost:6969',
  '',
];
const SITES = [undefined, 'none', 'same-origin', 'same-site', 'cross-site'];

/** The contract's sentences, written once more and differently: the whole table has to agree with them. */
const TABLE = [...LOCAL_ADDRESSES.slice(0, 2), '::1'].flatMap((remoteAddress) =>
  [...GOOD_HOSTS, ...BAD_HOSTS].flatMap((host) =>
    [...GOOD_ORIGINS, ...BAD_ORIGINS].flatMap((origin) =>
      SITES.map((secFetchSite) => {
        let expected = 'allow';
        if (BAD_HOSTS.includes(host)) expected = 'host_refused';
        else if (origin !== undefined && BAD_ORIGINS.includes(origin)) expected = 'origin_refused';
        else if (origin === undefined && secFetchSite === 'cross-site') expected = 'origin_refused';
        return { request: { ...base, remoteAddress, host, origin, secFetchSite }, expected };
      }),
    ),
  ),
);

describe('decideAccess on loopback', () => {
  test(`agrees with the contract in all ${TABLE.length} cases of the table`, () => {
    const wrong = TABLE.filter(({ request, expected }) => outcome(request) !== expected);
    expect(wrong).toEqual([]);
  });

  test('lets the answer be read by the very origin that asked', () => {
    const decision = decideAccess({ ...base, origin: 'app://raffi', secFetchSite: 'cross-site' }, policy);
    expect(decision).toEqual({ allow: true, client: 'local', corsOrigin: 'app://raffi', castToken: null });
  });

  test('is not impressed by a token from this computer with a foreign origin', () => {
    expect(outcome({ ...base, origin: 'https://evil.example', castToken: 'good' })).toBe('origin_refused');
  });
});

describe('decideAccess over the network', () => {
  const far = { ...base, remoteAddress: '192.168.1.7', host: '192.168.1.2:6969' };
  const playerPaths = [
    `/sessions/${ID}`,
    `/sessions/${ID}/stream`,
    `/sessions/${ID}/stream/child.m3u8`,
    `/sessions/${ID}/stream/s0-1.ts`,
    `/sessions/${ID}/master.m3u8`,
    `/sessions/${ID}/hls/v0/init.mp4`,
    `/sessions/${ID}/subtitles/0.vtt`,
  ];
  const otherPaths = [
    '/',
    '/stats',
    '/sessions',
    '/cleanup',
    '/cast/token',
    `/sessions/${ID}/audio`,
    `/sessions/${ID}/events`,
    `/sessions/${ID}/direct`,
    `/sessions/${ID}/stream/a/b`,
    `/Sessions/${ID}`,
    `/sessions/${ID}/`,
    '/torrents/abc',
  ];

  test.each(playerPaths)('%s: with the token only', (path) => {
    expect(outcome({ ...far, path })).toBe('token_missing');
    expect(outcome({ ...far, path, castToken: '' })).toBe('token_missing');
    expect(outcome({ ...far, path, castToken: 'bad' })).toBe('token_invalid');
    const other = path.replace(ID, ID.replace('3', '4'));
    expect(outcome({ ...far, path: other, castToken: 'good' })).toBe('token_invalid');
    for (const method of ['GET', 'HEAD'])
      expect(outcome({ ...far, path, method, castToken: 'good' })).toBe('allow');
    for (const method of ['POST', 'DELETE', 'PUT', 'TRACE']) {
      expect(outcome({ ...far, path, method, castToken: 'good' })).toBe('not_local');
    }
  });

  test.each(otherPaths)('%s: never', (path) => {
    for (const castToken of [undefined, 'bad', 'good']) {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        expect(outcome({ ...far, path, castToken, method })).toBe('not_local');
      }
    }
  });

  test('any origin may read with a token: receivers are web pages', () => {
    const request = {
      ...far,
      path: `/sessions/${ID}/stream`,
      castToken: 'good',
      origin: 'https://www.gstatic.com',
    };
    expect(decideAccess(request, policy)).toEqual({
      allow: true,
      client: 'cast',
      corsOrigin: 'https://www.gstatic.com',
      castToken: 'good',
    });
    expect(outcome({ ...request, method: 'OPTIONS', castToken: undefined })).toBe('allow');
  });

  test('no header makes a far socket local', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FAR_ADDRESSES),
        fc.constantFrom(...GOOD_HOSTS),
        fc.constantFrom(...GOOD_ORIGINS, ...BAD_ORIGINS),
        fc.constantFrom('/', '/stats', ...playerPaths),
        (remoteAddress, host, origin, path) => {
          expect(outcome({ ...base, remoteAddress, host, origin, path, castToken: 'forged' })).not.toBe(
            'allow',
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('loopback is known by name and port', () => {
  expect(isLoopbackHost('localhost', 80)).toBe(true);
  expect(isOwnOrigin('http://localhost', 80)).toBe(true);
  expect(isOwnOrigin('http://[::1]:6969', 6969)).toBe(true);
  expect(isOwnOrigin('http://[::1]', 6969)).toBe(false);
});

function outcome(request: AccessRequest): string {
  const decision = decideAccess(request, policy);
  return decision.allow ? 'allow' : decision.code;
}
