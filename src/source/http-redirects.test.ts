import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NameLookup } from './guarded-lookup.ts';
import { type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { type Behaviour, noise, TestOrigin } from './testing/origin.ts';

const CONTENT = noise(1024 * 1024);
let fixture: SourceFixture;
let other: TestOrigin;
beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
  other = await new TestOrigin(CONTENT).listen();
});
afterEach(async () => {
  await fixture.close();
  await other.close();
});

const redirect =
  (location: string, status = 302): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { location }).end('moved');
  };

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('%i is followed, once for all requests', async (status) => {
    fixture.origin.behaviour = redirect(other.url('/real name.mp4'), status);
    const source = fixture.open();
    expect(await source.open()).toMatchObject({ name: 'real name.mp4', sizeBytes: CONTENT.length });
    expect(CONTENT.equals(Buffer.from(await source.read(0, CONTENT.length)))).toBe(true);
    expect(fixture.origin.requests).toHaveLength(1);
    expect(source.stats().requests).toBe(1 + other.requests.length);
  });

  it('relative targets are resolved', async () => {
    fixture.origin.script.push(redirect('../b/film.webm?x=1'));
    await fixture.open({ path: '/a/c/film' }).open();
    expect(fixture.origin.requests[1]?.path).toBe('/a/b/film.webm?x=1');
  });

  it('circles end', async () => {
    fixture.origin.behaviour = redirect('/film.mkv');
    await expect(fixture.open().open()).rejects.toMatchObject({ code: 'source_redirects' });
    expect(fixture.origin.requests).toHaveLength(11);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'ftp://example.com/x',
    'http://[::ffff:a9fe:a9fe]/',
    '//0.0.0.0/',
  ])('to %s are refused', async (location) => {
    fixture.origin.behaviour = redirect(location);
    await expect(fixture.open().open()).rejects.toMatchObject({ code: 'source_refused' });
    expect(fixture.origin.requests).toHaveLength(1);
  });

  it('to a name that resolves to a refused address are refused', async () => {
    fixture.origin.behaviour = redirect('http://inner.example/');
    const source = fixture.open({
      lookup: (_name, _options, callback) => callback(null, [{ address: '169.254.169.254', family: 4 }]),
    });
    await expect(source.open()).rejects.toMatchObject({ code: 'source_refused' });
  });

  it('a target that expires is resolved anew from the original', async () => {
    fixture.origin.script.push(redirect(other.url('/signed?1')), redirect(other.url('/signed?2')));
    const source = fixture.open();
    await source.read(0, 100);
    other.script.push((_request, response) => void response.writeHead(403).end());
    expect(CONTENT.subarray(500_000, 500_100).equals(await source.read(500_000, 500_100))).toBe(true);
    expect(other.requests.map(({ path }) => path)).toEqual(['/signed?1', '/signed?1', '/signed?2']);
    expect(source.stats().retries).toBe(0);
  });

  it('a target that is refused after resolving anew fails', async () => {
    fixture.origin.behaviour = redirect(other.url());
    const source = fixture.open();
    await source.open();
    other.behaviour = (_request, response) => void response.writeHead(410).end();
    await expect(source.read(500_000, 500_100)).rejects.toMatchObject({ code: 'source_gone' });
  });
});

describe('a public origin', () => {
  // All servers of a test are local, so one local address stands for the internet.
  const isPublic = (address: string) => address === '127.0.0.1';
  const PRIVATE_NAME = 'inner.example';
  const lookup: NameLookup = (name, _options, callback) =>
    callback(null, [{ address: name === PRIVATE_NAME ? '127.0.0.2' : '127.0.0.1', family: 4 }]);
  const film = () => `http://films.example:${fixture.origin.port}/film.mkv`;

  it.each([
    ['this computer', 'http://127.0.0.2:8080/jsonrpc'],
    ['a private network', 'http://192.168.1.1/'],
    ['loopback of IPv6', 'http://[::1]:8080/'],
    ['a name that resolves there', `http://${PRIVATE_NAME}/`],
  ])('may not redirect to %s', async (_where, location) => {
    fixture.origin.behaviour = redirect(location);
    for (const url of [film(), fixture.origin.url()]) {
      await expect(fixture.open({ url, lookup, isPublic }).open()).rejects.toMatchObject({
        code: 'source_refused',
        message: expect.stringContaining('private network'),
      });
    }
    expect(fixture.origin.requests).toHaveLength(2);
  });

  it('may redirect to another public one', async () => {
    fixture.origin.behaviour = redirect(`http://mirror.example:${other.port}/film.mkv`);
    const source = fixture.open({ url: film(), lookup, isPublic });
    expect((await source.open()).sizeBytes).toBe(CONTENT.length);
  });

  it('may not change its address to a private one', async () => {
    const addresses = ['127.0.0.1', '127.0.0.2'];
    const rebinding: NameLookup = (_name, _options, callback) =>
      callback(null, [{ address: addresses.shift() ?? '127.0.0.2', family: 4 }]);
    const source = fixture.open({ url: film(), lookup: rebinding, isPublic });
    await source.read(0, 128 * 1024);
    // Two requests at once: one of them needs a new connection, and so a new look-up.
    const reads = [source.read(300_000, 300_001), source.read(700_000, 700_001)];
    const outcomes = await Promise.allSettled(reads);
    expect(outcomes).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ code: 'source_refused' }),
    });
  });

  it('is not one that also has a private address, as home routers name machines', async () => {
    fixture.origin.behaviour = redirect(`http://127.0.0.1:${other.port}/film.mkv`);
    const both: NameLookup = (_name, _options, callback) =>
      callback(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]);
    const source = fixture.open({ url: film(), lookup: both, isPublic: (address) => address === '::1' });
    expect((await source.open()).sizeBytes).toBe(CONTENT.length);
  });
});

describe('request headers', () => {
  it('are sent, without those that are ours to decide', async () => {
    const headers = {
      'User-Agent': 'Mine/1',
      Referer: 'http://a/',
      Cookie: 'a=b',
      Range: 'bytes=5-6',
      Host: 'evil',
      Connection: 'close',
      'Accept-Encoding': 'gzip',
      'If-Range': '"x"',
      'Transfer-Encoding': 'chunked',
      'Proxy-Authorization': 'x',
    };
    await fixture.open({ headers }).open();
    expect(fixture.origin.requests[0]?.headers).toEqual({
      host: `127.0.0.1:${fixture.origin.port}`,
      connection: 'keep-alive',
      'user-agent': 'Mine/1',
      referer: 'http://a/',
      cookie: 'a=b',
      accept: '*/*',
      'accept-encoding': 'identity',
      range: 'bytes=0-131071',
    });
  });

  it('stay at their origin, as does the login of the URL, but for those any browser shows', async () => {
    fixture.origin.behaviour = redirect(other.url());
    const harmless = {
      'user-agent': 'Mine/1',
      accept: 'video/*',
      'accept-language': 'de',
      origin: 'http://player.example',
    };
    const own = { Cookie: 'a=b', 'X-Api': 'k', 'X-Emby-Device': 'd', Referer: 'http://u:p@a.example/x?y=z' };
    const url = `http://us%65r:p%40ss@127.0.0.1:${fixture.origin.port}/x`;
    await fixture.open({ headers: { ...harmless, ...own }, url }).open();
    const sent = fixture.origin.requests[0]?.headers;
    expect(sent).toMatchObject({ ...harmless, cookie: 'a=b', 'x-api': 'k', referer: own.Referer });
    expect(sent?.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
    expect(other.requests[0]?.headers).toEqual({
      ...harmless,
      referer: 'http://a.example/',
      host: `127.0.0.1:${other.port}`,
      connection: 'keep-alive',
      'accept-encoding': 'identity',
      range: 'bytes=0-131071',
    });
  });

  it.each(['https://a.example/x', 'nonsense', 'about:blank'])('hold back the referer %s', async (referer) => {
    fixture.origin.behaviour = redirect(other.url());
    await fixture.open({ headers: { referer } }).open();
    expect(fixture.origin.requests[0]?.headers.referer).toBe(referer);
    expect(other.requests[0]?.headers.referer).toBeUndefined();
  });

  it('that are no valid HTTP are refused without their value', () => {
    expect(() => fixture.open({ headers: { 'X-A': 'secret\r\nEvil: 1' } })).toThrow(
      expect.objectContaining({ code: 'source_refused', message: expect.not.stringContaining('secret') }),
    );
    expect(() => fixture.open({ headers: { 'a b': 'x' } })).toThrow(
      expect.objectContaining({ code: 'source_refused' }),
    );
  });
});
