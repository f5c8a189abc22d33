import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CastToken } from '../../src/index.ts';
import { film } from '../lab/media/index.ts';
import type { Told } from '../support/lan.ts';
import { type Computer, type Outcome, twoComputers } from '../support/network.ts';

const computers = await twoComputers();
const NOTE = computers === null ? ' (SKIPPED: this process may not make network namespaces)' : '';

const HERE = '10.77.0.1';
const TV = '10.77.0.2';
const OTHER_TV = '10.77.0.3';
const PORT = 6969;
const CLOSED = { error: 'ECONNREFUSED' };

/** The core alone at one end of a cable, a television at the other: nothing of this computer's own network is part of it. */
describe.skipIf(computers === null)(`the core in a network${NOTE}`, () => {
  const [home, living] = computers as [Computer, Computer];
  const issued: string[] = [];
  let folder: string;
  let said = '';
  let session: string;
  let other: string;
  let core: ReturnType<Computer['spawn']>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'raffi-network-'));
    const args = ['--import', 'tsx', 'src/cli.ts', await film('two-audio-mkv')];
    core = home.spawn(process.execPath, args, {
      RAFFI_SERVER_ADDR: `127.0.0.1:${PORT}`,
      RAFFI_CACHE_DIR: folder,
      RAFFI_LOG: 'trace',
    });
    for (const stream of [core.stdout, core.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    await vi.waitFor(() => expect(said).toContain('Ctrl+C'), { timeout: 60_000 });
    session = /\/sessions\/([0-9a-f-]{36})/.exec(said)?.[1] ?? '';
    other = await openAnother();
  });
  afterAll(async () => {
    await Promise.all([home, living].map((computer) => computer.remove()));
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const computer of [home, living])
      await computer.ip('addr', 'flush', 'dev', 'eth0', 'scope', 'global');
    await home.ip('addr', 'add', `${HERE}/24`, 'dev', 'eth0');
    for (const address of [TV, OTHER_TV]) await living.ip('addr', 'add', `${address}/24`, 'dev', 'eth0');
  });

  it('without an address says what is missing, and gives no token', async () => {
    await home.ip('addr', 'flush', 'dev', 'eth0');
    const answer = await local('POST', '/cast/token', { sessionId: session });
    expect(answer).toMatchObject({ status: 503, code: 'no_lan_address' });
    expect(await local('GET', '/stats')).toMatchObject({ text: expect.stringContaining('"tokens":0') });
  });

  it('listens nowhere in it until there is a token, and nowhere again after the last', async () => {
    expect(await tv('/')).toEqual(CLOSED);
    const [one, two] = [await openAnother(), await openAnother()];
    const [first, second] = [await cast(one), await cast(two)];
    for (const { sessionUrl } of [first, second])
      expect(await tv(pathOf(sessionUrl))).toMatchObject({ status: 200 });
    await local('POST', `/cleanup?id=${one}`);
    expect(await tv(pathOf(first.sessionUrl))).toMatchObject({ status: 401, code: 'token_invalid' });
    expect(await tv(pathOf(second.sessionUrl))).toMatchObject({ status: 200 });
    await local('POST', `/cleanup?id=${two}`);
    await expect.poll(() => tv('/')).toEqual(CLOSED);
  });

  it('answers nothing but 401 and 403 without a token', async () => {
    await cast(session);
    const paths = ['/', '/stats', '/sessions', '/cleanup', '/cast/token', '/nothing', `/sessions/${session}`];
    const parts = [
      'stream',
      'stream/child.m3u8',
      'stream/s0a0-0.ts',
      'master.m3u8',
      'hls/v0/0.m4s',
      'direct',
      'events',
      'audio',
    ];
    const all = [...paths, ...parts.map((part) => `/sessions/${session}/${part}`)];
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'OPTIONS']) {
      for (const path of all) {
        const { status } = (await tv(path, { method })) as Told;
        expect([401, 403], `${method} ${path}`).toContain(status);
      }
    }
  });

  it('lets a token read its session, and nothing else, from the first device that uses it', async () => {
    const { token, masterUrl, streamUrl } = await cast(session);
    for (const url of [masterUrl, streamUrl]) {
      const addresses = await follow(pathOf(url));
      expect(addresses.length).toBeGreaterThan(3);
      for (const address of addresses) {
        expect(address).toContain(`cast_token=${token}`);
        expect(await tv(address), address).toMatchObject({ status: 200 });
        expect(await tv(address, { localAddress: OTHER_TV })).toMatchObject({
          status: 401,
          code: 'token_invalid',
        });
      }
    }
    const query = `?cast_token=${token}`;
    expect(await tv(`/sessions/${other}${query}`)).toMatchObject({ status: 401, code: 'token_invalid' });
    for (const path of [
      '/',
      '/sessions',
      '/stats',
      `/sessions/${session}/direct`,
      `/sessions/${session}/events`,
    ])
      expect(await tv(path + query)).toMatchObject({ status: 403, code: 'not_local' });
    for (const method of ['POST', 'DELETE', 'PUT'])
      expect(await tv(`/sessions/${session}${query}`, { method })).toMatchObject({
        status: 403,
        code: 'not_local',
      });
  });

  it('goes along to another address', async () => {
    const before = await cast(session);
    expect(await tv(pathOf(before.sessionUrl))).toMatchObject({ status: 200 });
    await home.ip('addr', 'flush', 'dev', 'eth0', 'scope', 'global');
    await home.ip('addr', 'add', '10.77.0.9/24', 'dev', 'eth0');
    const { sessionUrl } = await cast(session);
    expect(new URL(sessionUrl).host).toBe(`10.77.0.9:${PORT}`);
    expect(await tv(pathOf(sessionUrl), { host: '10.77.0.9' })).toMatchObject({ status: 200 });
    expect(await tv(pathOf(before.sessionUrl), { host: '10.77.0.9' })).toMatchObject({ status: 200 });
  });

  it('speaks IPv6 where there is nothing else', async () => {
    for (const computer of [home, living])
      await computer.ip('addr', 'flush', 'dev', 'eth0', 'scope', 'global');
    await home.ip('addr', 'add', 'fd77::1/64', 'dev', 'eth0', 'nodad');
    await living.ip('addr', 'add', 'fd77::2/64', 'dev', 'eth0', 'nodad');
    const { masterUrl } = await cast(session);
    expect(masterUrl).toContain(`http://[fd77::1]:${PORT}/`);
    const headers = ['Host', `[fd77::1]:${PORT}`];
    expect(await tv(pathOf(masterUrl), { host: 'fd77::1', headers })).toMatchObject({ status: 200 });
    expect(await tv('/stats', { host: 'fd77::1', headers })).toMatchObject({ status: 403 });
  });

  it('wrote no token anywhere, and leaves nothing open', async () => {
    await cast(session);
    expect(await tv('/')).toMatchObject({ status: 403 });
    const exited = once(core, 'exit');
    core.kill('SIGTERM');
    await exited;
    expect(await tv('/')).toEqual(CLOSED);
    expect(issued.length).toBeGreaterThan(5);
    expect(said).toContain('"path":"/cast/token"');
    for (const token of issued) expect(said).not.toContain(token);
  });

  function local(method: string, path: string, body?: object): Promise<Outcome> {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return home.ask({ host: '127.0.0.1', port: PORT, method, path, ...content });
  }

  function tv(path: string, more: Partial<Parameters<Computer['ask']>[0]> = {}): Promise<Outcome> {
    const from = more.host === undefined ? { localAddress: TV } : {};
    return living.ask({ host: HERE, port: PORT, path, ...from, ...more });
  }

  async function cast(sessionId: string): Promise<CastToken> {
    const answer = (await local('POST', '/cast/token', { sessionId })) as Told;
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    const token = JSON.parse(answer.text) as CastToken;
    issued.push(token.token);
    return token;
  }

  async function openAnother(): Promise<string> {
    const opened = (await local('POST', '/sessions', { source: 'http://127.0.0.1:9/film.mkv' })) as Told;
    return (JSON.parse(opened.text) as { id: string }).id;
  }

  /** What a player asks for that is handed a playlist: each of the playlists it names, their init segments and first segments. */
  async function follow(path: string): Promise<string[]> {
    const answer = (await tv(path)) as Told;
    expect(answer.status).toBe(200);
    const named = [...answer.text.matchAll(/URI="([^"]+)"|^(\/.*)$/gm)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    const playlists = named.filter((uri) => uri.includes('.m3u8'));
    const deeper = await Promise.all(playlists.map((uri) => follow(uri)));
    return [path, ...named.filter((uri) => !uri.includes('.m3u8')).slice(0, 3), ...deeper.flat()];
  }
});

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
