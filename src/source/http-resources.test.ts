import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpResources } from './http-resources.ts';
import { noise, TestOrigin } from './testing/origin.ts';

const CONTENT = noise(300_000);
const FOREVER = new AbortController().signal;
const HASTE = { attempts: 3, baseDelayMs: 1, maxDelayMs: 2, maxRetryAfterMs: 10 };

let home: TestOrigin;
let abroad: TestOrigin;
let resources: HttpResources;
beforeEach(async () => {
  home = await new TestOrigin(CONTENT).listen();
  abroad = await new TestOrigin(CONTENT).listen();
  resources = open();
});
afterEach(async () => {
  await Promise.all([resources.close(), home.close(), abroad.close()]);
});

function open(options: Partial<ConstructorParameters<typeof HttpResources>[0]> = {}): HttpResources {
  const headers = { authorization: 'Bearer s3cret', 'user-agent': 'Player/1' };
  return new HttpResources({ url: new URL(home.url('/list.m3u8')), headers, retry: HASTE, ...options });
}

function read(
  address: string,
  range: { start: number; end: number } | null = null,
  maxBytes = CONTENT.length,
) {
  return resources.read({ url: new URL(address), range }, maxBytes, FOREVER);
}

describe('a resource', () => {
  it('comes whole, or in part', async () => {
    expect((await read(home.url('/a.ts'))).bytes).toEqual(CONTENT);
    expect((await read(home.url('/a.ts'), { start: 1000, end: 3000 })).bytes).toEqual(
      CONTENT.subarray(1000, 3000),
    );
  });

  it('is cut out of the whole where the origin ignores ranges', async () => {
    home.behaviour = (_request, response) => void response.end(CONTENT);
    expect((await read(home.url('/a.ts'), { start: 1000, end: 3000 })).bytes).toEqual(
      CONTENT.subarray(1000, 3000),
    );
  });

  it('is taken up where a connection breaks', async () => {
    home.script.push((_request, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length, etag: '"v1"' });
      response.write(CONTENT.subarray(0, 100_000), () => response.destroy());
    });
    expect((await read(home.url('/a.ts'))).bytes).toEqual(CONTENT);
    expect(home.requests[1]?.start).toBeGreaterThan(0);
    expect(resources.stats()).toMatchObject({ requests: 2, retries: 1, fetchedBytes: CONTENT.length });
  });

  it('tells where redirects led: what it names is relative to that', async () => {
    home.script.push(
      (_request, response) => void response.writeHead(302, { location: abroad.url('/x/b.m3u8') }).end(),
    );
    expect((await read(home.url('/a.m3u8'))).url.href).toBe(abroad.url('/x/b.m3u8'));
  });

  it('that is larger than expected is not read', async () => {
    await expect(read(home.url('/a.m3u8'), null, 1000)).rejects.toMatchObject({ code: 'source_failed' });
    home.behaviour = (_request, response) => {
      for (let i = 0; i < 10; i += 1) response.write(CONTENT.subarray(0, 1000));
      response.end();
    };
    await expect(read(home.url('/a.m3u8'), null, 5000)).rejects.toMatchObject({ code: 'source_failed' });
  });

  it.each([
    [404, 'source_not_found'],
    [403, 'source_forbidden'],
    [500, 'source_failed'],
  ])('an answer of %i is %s', async (status, code) => {
    home.behaviour = (_request, response) => void response.writeHead(status).end();
    await expect(read(home.url('/a.ts'))).rejects.toMatchObject({ code });
  });
});

describe('what a source names elsewhere', () => {
  it('sees no secret of the source', async () => {
    await read(abroad.url('/a.ts'));
    await read(home.url('/a.ts'));
    expect(abroad.requests[0]?.headers).toMatchObject({ 'user-agent': 'Player/1' });
    expect(abroad.requests[0]?.headers.authorization).toBeUndefined();
    expect(home.requests[0]?.headers.authorization).toBe('Bearer s3cret');
  });

  it('is not fetched from a private network when the source is public', async () => {
    await resources.close();
    // "127.0.0.1" stands for a public address here, "localhost" and "::1" for this computer.
    resources = open({ isPublic: (address) => address === '127.0.0.1' });
    await read(home.url('/list.m3u8'));
    const inside = `http://[::1]:${abroad.port}/a.ts`;
    await expect(read(inside)).rejects.toMatchObject({ code: 'source_refused' });
    home.script.push((_request, response) => void response.writeHead(302, { location: inside }).end());
    await expect(read(home.url('/a.ts'))).rejects.toMatchObject({ code: 'source_refused' });
    expect(abroad.requests).toEqual([]);
  });
});

it('closing ends what is under way', async () => {
  const asked = new Promise<void>((resolve) => {
    home.behaviour = () => resolve();
  });
  const reading = read(home.url('/a.ts'));
  await Promise.all([
    asked.then(() => resources.close()),
    expect(reading).rejects.toMatchObject({ code: 'aborted' }),
  ]);
});
