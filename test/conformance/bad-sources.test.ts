import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { film, realClip } from '../lab/media/index.ts';
import { type Faults, type Origin, startOrigin } from '../lab/origin/index.ts';
import { deliveryOf, fetchAll, hashes, urisOf } from './film-delivery.ts';
import { type Answer, problemOf, Rig } from './rig.ts';

/**
 * Answers come as soon as the rules allow; the real waits are the same rules with larger numbers. Still long enough that an origin
 * on a busy machine is not taken for one that hangs.
 */
const NETWORK = {
  retry: { attempts: 3, baseDelayMs: 5, maxDelayMs: 20, maxRetryAfterMs: 50 },
  timeouts: { connectMs: 3000, headersMs: 3000, bodyIdleMs: 3000 },
  lookup: (
    name: string,
    _options: unknown,
    callback: (error: NodeJS.ErrnoException | null, found: { address: string; family: number }[]) => void,
  ) => {
    const address = NAMES[name];
    if (address) callback(null, [{ address, family: 4 }]);
    else callback(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), []);
  },
};
/** For origins that do hang: there is nothing to be mistaken about. */
const HASTY = { ...NETWORK, timeouts: { connectMs: 500, headersMs: 500, bodyIdleMs: 500 } };
const NAMES: Record<string, string> = {
  'metadata.example': '169.254.169.254',
  'films.example': '127.0.0.1',
};
const SECRET = '?key=secret-of-the-link';

let rig: Rig;
let origin: Origin;
let good: string;
/** What the film's segments are when nothing goes wrong. */
let reference: Record<string, string>;
beforeAll(async () => {
  const path = await film('gop2-mkv');
  [rig, origin] = await Promise.all([
    Rig.start({}, NETWORK),
    startOrigin({ files: { '/film.mkv': path, '/film.mp4': await film('gop2-mp4') } }),
  ]);
  good = await rig.open(path);
  const delivery = await deliveryOf(rig, good);
  reference = hashes(await fetchAll(rig, urisOf(delivery)));
});
afterAll(async () => {
  await expectUnharmed(origin.url('/film.mkv'));
  await Promise.all([rig.stop(), origin.close()]);
});
/** The core lives on: it is healthy, the film that was open plays on, and in the end another one can be opened. */
afterEach(async () => {
  origin.setFaults('/film.mkv', null);
  expect((await rig.get('/')).status).toBe(200);
  expect((await rig.get(`/sessions/${good}/hls/v0/2.m4s`)).status).toBe(200);
});

function expectProblem(answer: Answer, code: string): void {
  const problem = problemOf(answer);
  expect(problem).toMatchObject({ code, status: answer.status });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(problem.detail.length).toBeGreaterThan(20);
  // A leaked link would be a leaked key; a stack trace helps nobody.
  expect(JSON.stringify(problem)).not.toMatch(/secret|\bat .*\.ts:\d|node_modules/);
}

/** Opens a source that cannot be played, and expects every way to it to say the same. */
async function expectRefusal(source: string, status: number, code: string, by = rig): Promise<void> {
  const id = await by.open(source);
  try {
    const view = await by.view(id);
    expect(view.error?.code).toBe(code);
    expect(view.error?.detail.length).toBeGreaterThan(20);
    expect(view.stage.stage).toBe('failed');
    for (const what of ['master.m3u8', 'stream', 'hls/v0/0.m4s', 'stream/s0a0-0.ts']) {
      const answer = await by.get(`/sessions/${id}/${what}`);
      expect(answer.status, what).toBe(status);
      expectProblem(answer, code);
    }
  } finally {
    await by.close(id);
  }
}

/** Opens the good film behind a fault, and expects every byte to be right in spite of it. */
async function expectUnharmed(source: string): Promise<void> {
  const id = await rig.open(source);
  const delivery = await deliveryOf(rig, id);
  expect(hashes(await fetchAll(rig, urisOf(delivery)))).toEqual(reference);
  await rig.close(id);
}

describe('what is no film', () => {
  it.each([
    ['not-media-html', 'not_media'],
    ['not-media-html-mkv', 'not_media'],
    ['not-media-empty', 'not_media'],
    ['not-media-one-byte', 'not_media'],
    ['not-media-random', 'not_media'],
    ['truncated-no-moov-mp4', 'media_damaged'],
  ] as const)('%s at a URL is %s', async (name, code) => {
    origin.put(`/${name}`, await film(name));
    await expectRefusal(origin.url(`/${name}`) + SECRET, 422, code);
  });
});

describe('where nothing can be had', () => {
  it.each([
    [404, 404, 'source_not_found'],
    [403, 403, 'source_forbidden'],
    [401, 403, 'source_forbidden'],
    [410, 410, 'source_gone'],
    [418, 502, 'source_failed'],
    [500, 502, 'source_failed'],
    [502, 502, 'source_failed'],
    [503, 503, 'source_throttled'],
    [429, 503, 'source_throttled'],
  ])('an origin that answers %i', async (code, status, expected) => {
    origin.setFaults('/film.mkv', { status: { code } });
    await expectRefusal(origin.url('/film.mkv') + SECRET, status, expected);
  });

  it('an origin that asks to come back in an hour: the client is told so', async () => {
    origin.setFaults('/film.mkv', { status: { code: 429, retryAfter: 3600 } });
    const id = await rig.open(origin.url('/film.mkv'));
    const answer = await rig.get(`/sessions/${id}/stream`);
    expectProblem(answer, 'source_throttled');
    expect(answer.headers.get('retry-after')).toBe('3600');
    await rig.close(id);
  });

  it('a dead port', async () => {
    const port = await freePort();
    await expectRefusal(`http://127.0.0.1:${port}/film.mkv${SECRET}`, 502, 'source_unreachable');
  });

  it('a name nobody has', () => expectRefusal('http://nowhere.example/film.mkv', 502, 'source_unreachable'));

  it('a name that leads to 169.254.169.254', () =>
    expectRefusal(`http://metadata.example/latest${SECRET}`, 400, 'source_refused'));

  it('a host that never answers', async () => {
    origin.setFaults('/film.mkv', { delayHeadMs: 60_000 });
    const hasty = await Rig.start({}, HASTY);
    await expectRefusal(origin.url('/film.mkv'), 504, 'source_timeout', hasty);
    await hasty.stop();
  });

  it('what is not HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await expectRefusal(`http://127.0.0.1:${port}/`, 502, 'source_failed');
    server.close();
  });

  it('a file that is not there', () => expectRefusal('/nowhere/film.mkv', 404, 'source_not_found'));
  it('a folder', () => expectRefusal('/usr', 400, 'source_refused'));
});

describe('redirects', () => {
  const redirect = (to: string, hops = 0) => ({ redirect: { to, hops } });

  it('are followed ten times', async () => {
    origin.setFaults('/door', redirect(`/film.mkv${SECRET}`, 8));
    await expectUnharmed(origin.url('/door'));
  });

  it.each([
    ['in a circle', '/door', 502, 'source_redirects'],
    ['to the cloud', 'http://169.254.169.254/latest/meta-data', 400, 'source_refused'],
    ['to a name that leads to the cloud', `http://metadata.example/${SECRET}`, 400, 'source_refused'],
    ['to a file', 'file:///etc/passwd', 400, 'source_refused'],
    ['to nowhere', 'http://', 502, 'source_failed'],
  ])('%s are refused', async (_, to, status, code) => {
    origin.setFaults('/door', redirect(to));
    await expectRefusal(origin.url('/door') + SECRET, status, code);
  });
});

describe('origins with faults that can be borne', () => {
  const faults: Record<string, Faults> = {
    'a reset in every body but the last': { reset: { afterBytes: 50_000, times: 6 } },
    'bodies cut off politely': { cut: { afterBytes: 70_000, times: 4 } },
    'errors now and then': { status: { code: 500, times: 2 } },
    'a stall in the first body': { stall: { afterBytes: 30_000, times: 1 } },
    'no ranges': { ignoreRange: true },
    'no ranges and no length': { ignoreRange: true, contentLength: 'missing' },
    'no Content-Length': { contentLength: 'missing' },
    'no total in Content-Range': { contentRange: 'unknown-total' },
    'no validators': { noValidators: true },
    'no HEAD': { noHead: true },
    'a wrong type': { headers: { 'content-type': 'text/html' } },
    'a length that is too large': { contentLength: { lieBy: 100_000 } },
    'latency before every head': { delayHeadMs: 30 },
  };

  it.each(Object.entries(faults))('%s', async (_, fault) => {
    origin.setFaults('/film.mkv', fault);
    await expectUnharmed(origin.url('/film.mkv') + SECRET);
  });

  it('a link that expires, and is fetched anew', async () => {
    origin.put('/signed.mkv', await film('gop2-mkv'));
    origin.setFaults('/signed.mkv', { needsLink: true });
    origin.setFaults('/door', { freshLink: { to: '/signed.mkv', validRequests: 2 } });
    await expectUnharmed(origin.url('/door'));
  });

  it('connections that drop while it plays', async () => {
    const id = await rig.open(origin.url('/film.mkv'));
    const delivery = await deliveryOf(rig, id);
    const uris = urisOf(delivery);
    const fetched = new Map<string, Uint8Array>();
    for (const uri of uris) {
      const bytes = rig.bytes(uri);
      origin.dropConnections();
      fetched.set(uri, await bytes);
    }
    expect(hashes(fetched)).toEqual(reference);
    await rig.close(id);
  });
});

describe('origins with faults that cannot be borne', () => {
  it('a file that changes while it plays: source_changed', async () => {
    // Large enough that its middle was not fetched along with its beginning.
    origin.put('/changing.mkv', await realClip('mkv'));
    origin.setFaults('/changing.mkv', null);
    const id = await rig.open(origin.url('/changing.mkv'));
    const { renditions } = await deliveryOf(rig, id);
    const segments = renditions.find((rendition) => rendition.id === 'v0')?.playlist.segments ?? [];
    origin.put('/changing.mkv', await realClip('mp4'));
    const refused = await rig.get(segments[segments.length >> 1]?.uri ?? '');
    expect(refused.status).toBe(502);
    expectProblem(refused, 'source_changed');
    await rig.close(id);
  });

  it.each<[string, Faults, string]>([
    ['a body that always breaks off at once', { reset: { afterBytes: 0 } }, 'source_failed'],
    ['ranges other than asked for', { contentRange: { startBy: 7 } }, 'source_failed'],
    ['a length that is too small', { contentLength: { lieBy: -1000 } }, 'source_truncated'],
    ['ranges that begin elsewhere', { shiftRange: 999 }, 'source_failed'],
  ])('%s', async (_, fault, code) => {
    origin.setFaults('/film.mkv', fault);
    await expectRefusal(origin.url('/film.mkv') + SECRET, 502, code);
  });

  it('a stall that never ends: the stage while there is hope, then source_timeout', async () => {
    // The client's bound passes long before the source's.
    const network = { ...HASTY, retry: { ...HASTY.retry, attempts: 1 }, waits: { playlistMs: 150 } };
    const impatient = await Rig.start({}, network);
    origin.setFaults('/film.mkv', { stall: { afterBytes: 0 } });
    const id = await impatient.open(origin.url('/film.mkv') + SECRET);
    const master = () => impatient.get(`/sessions/${id}/master.m3u8`);
    const early = await master();
    expect(early.status).toBe(503);
    expectProblem(early, 'wait_exceeded');
    // On a busy machine the bound passes before the server has even answered.
    expect(['connect', 'probe']).toContain(problemOf(early).stage);
    expect(early.headers.get('retry-after')).toBe('1');
    let answer = early;
    while (answer.status === 503) answer = await master();
    expect(answer.status).toBe(504);
    expectProblem(answer, 'source_timeout');
    await impatient.stop();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
