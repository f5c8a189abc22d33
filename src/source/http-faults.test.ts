import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, QUICK_RETRY, type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { type Behaviour, noise, TestOrigin } from './testing/origin.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const CONTENT = noise(4 * MIB + 321);
let fixture: SourceFixture;
beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
});
afterEach(() => fixture.close());

const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(code, headers).end('<html>no</html>');
  };

/** Sends `bytes` of a normal answer, then resets the connection. */
const resetAfter =
  (bytes: number): Behaviour =>
  (_request, response, range) => {
    fixture.origin.serve(response, range, bytes);
    setImmediate(() => response.socket?.resetAndDestroy());
  };

describe('statuses', () => {
  it.each([
    [401, 'source_forbidden', 1],
    [403, 'source_forbidden', 1],
    [404, 'source_not_found', 1],
    [410, 'source_gone', 1],
    [416, 'source_failed', 1],
    [418, 'source_failed', 1],
    [204, 'source_failed', 1],
    [500, 'source_failed', QUICK_RETRY.attempts],
    [502, 'source_failed', QUICK_RETRY.attempts],
    [503, 'source_throttled', QUICK_RETRY.attempts],
    [429, 'source_throttled', QUICK_RETRY.attempts],
  ])('%i is %s after %i requests', async (code, expected, requests) => {
    fixture.origin.behaviour = status(code);
    const error = await fixture
      .open({ path: '/film.mkv?key=secret' })
      .open()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: expected, data: { originStatus: code } });
    expect(String(error)).not.toContain('secret');
    expect(fixture.origin.requests).toHaveLength(requests);
  });

  it('goes on after passing errors, and counts them', async () => {
    fixture.origin.script.push(status(500), status(429, { 'retry-after': '0' }), null, status(503));
    const source = fixture.open();
    expect(CONTENT.equals(await collect(source.stream(0, CONTENT.length)))).toBe(true);
    expect(source.stats().retries).toBe(3);
  });

  it('reports a Retry-After that is too long to wait for', async () => {
    fixture.origin.behaviour = status(429, { 'retry-after': '3600' });
    await expect(fixture.open().open()).rejects.toMatchObject({
      code: 'source_throttled',
      retryAfterSeconds: 3600,
    });
    expect(fixture.origin.requests).toHaveLength(1);
  });

  it.each([
    [404, {}, 'source_not_found'],
    [302, { location: '/film.mkv' }, 'source_redirects'],
  ])('%i whose body drips without end is not waited for', async (code, headers, expected) => {
    fixture.origin.behaviour = (_request, response) => {
      response.writeHead(code, headers);
      const drip = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(drip));
    };
    const source = fixture.open({ timeouts: { drainMs: 20 } });
    await expect(source.open()).rejects.toMatchObject({ code: expected });
    await fixture.origin.idle();
  });

  it('can be opened again after a failure', async () => {
    fixture.origin.script.push(status(404));
    const source = fixture.open();
    await expect(source.open()).rejects.toMatchObject({ code: 'source_not_found' });
    expect((await source.open()).sizeBytes).toBe(CONTENT.length);
  });

  it('fails only the readers of the bytes that cannot be had', async () => {
    const source = fixture.open();
    await source.open();
    fixture.origin.script.push(status(404));
    await expect(source.read(2 * MIB, 2 * MIB + 10)).rejects.toMatchObject({ code: 'source_not_found' });
    expect(CONTENT.subarray(2 * MIB, 2 * MIB + 10).equals(await source.read(2 * MIB, 2 * MIB + 10))).toBe(
      true,
    );
  });

  it('streams up to the byte that cannot be had', async () => {
    const source = fixture.open();
    await source.open();
    fixture.origin.behaviour = (_request, response, range) => {
      if (range && range.start >= MIB) status(410)(_request, response, range);
      else fixture.origin.serve(response, range && { start: range.start, end: Math.min(range.end, MIB) });
    };
    let got = 0;
    const reading = (async () => {
      for await (const piece of source.stream(0, CONTENT.length)) got += piece.length;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'source_gone' });
    expect(got).toBe(MIB);
  });
});

describe('connections', () => {
  it('a dead port is unreachable', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    await expect(fixture.open({ url: `http://127.0.0.1:${port}/x` }).open()).rejects.toMatchObject({
      code: 'source_unreachable',
    });
  });

  it('a server that starts a moment later is found', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const late = new TestOrigin(CONTENT);
    let asked = 0;
    const source = fixture.open({
      url: `http://films.example:${port}/x`,
      // Looked up anew for each attempt: the second one finds it.
      lookup: (_name, _options, callback) => {
        const found = [{ address: '127.0.0.1', family: 4 }];
        asked += 1;
        if (asked === 1) callback(null, found);
        else void late.listen(port).then(() => callback(null, found));
      },
    });
    try {
      expect((await source.open()).sizeBytes).toBe(CONTENT.length);
      expect(source.stats().retries).toBe(1);
    } finally {
      await source.close();
      await late.close();
    }
  });

  it('a name server that fails for a moment is asked again', async () => {
    let asked = 0;
    const source = fixture.open({
      url: `http://films.example:${fixture.origin.port}/x`,
      lookup: (_name, _options, callback) => {
        asked += 1;
        if (asked < 3) callback(Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' }), []);
        else callback(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    expect((await source.open()).sizeBytes).toBe(CONTENT.length);
    expect(asked).toBe(3);
  });

  it('an unknown name is unreachable', async () => {
    const source = fixture.open({
      url: 'http://no-such-host.invalid/x',
      lookup: (_name, _options, callback) =>
        callback(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), []),
    });
    await expect(source.open()).rejects.toMatchObject({ code: 'source_unreachable' });
  });

  it.each(['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254', '0.0.0.0'])(
    'a name that resolves to %s is refused',
    async (address) => {
      const source = fixture.open({
        url: 'http://films.example/x',
        lookup: (_name, _options, callback) =>
          callback(null, [{ address, family: address.includes(':') ? 6 : 4 }]),
      });
      await expect(source.open()).rejects.toMatchObject({ code: 'source_refused' });
    },
  );

  it('connects to the allowed one of several addresses', async () => {
    const source = fixture.open({
      url: `http://films.example:${fixture.origin.port}/x`,
      lookup: (_name, _options, callback) =>
        callback(null, [
          { address: '169.254.1.1', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    });
    expect((await source.open()).sizeBytes).toBe(CONTENT.length);
  });

  it('no head within the bound is a time-out', async () => {
    fixture.origin.behaviour = () => {};
    const timeouts = { connectMs: 1000, headersMs: 100, bodyIdleMs: 1000 };
    await expect(fixture.open({ timeouts }).open()).rejects.toMatchObject({ code: 'source_timeout' });
  });

  it('a body that stalls is asked for again from the next byte', async () => {
    fixture.origin.script.push((_request, response, range) =>
      fixture.origin.serve(response, range, 50 * KIB),
    );
    const source = fixture.open({ timeouts: { connectMs: 10_000, headersMs: 10_000, bodyIdleMs: 1000 } });
    expect(CONTENT.subarray(0, 100_000).equals(await source.read(0, 100_000))).toBe(true);
    expect(fixture.origin.requests[1]?.start).toBe(50 * KIB);
  });

  it('a reset in mid-body is resumed from the next byte', async () => {
    const source = fixture.open();
    await source.open();
    fixture.origin.script.push(resetAfter(300 * KIB), resetAfter(0), null);
    expect(CONTENT.subarray(MIB, 2 * MIB).equals(await source.read(MIB, 2 * MIB))).toBe(true);
    expect(source.stats().retries).toBe(2);
    expect(source.stats().fetchedBytes).toBe(128 * KIB + MIB);
  });

  it('a server that always ends early is truncated', async () => {
    fixture.origin.behaviour = (_request, response, range) => {
      fixture.origin.serve(response, range, Math.max(0, 2 * MIB - (range?.start ?? 0)));
      setImmediate(() => response.socket?.end());
    };
    const source = fixture.open();
    await expect(collect(source.stream(0, CONTENT.length))).rejects.toMatchObject({
      code: 'source_truncated',
    });
    expect(CONTENT.subarray(0, 2 * MIB).equals(await source.read(0, 2 * MIB))).toBe(true);
  });
});

describe('answers', () => {
  it('takes parts shorter than asked for', async () => {
    fixture.origin.behaviour = (_request, response, range) =>
      fixture.origin.serve(
        response,
        range && { start: range.start, end: Math.min(range.end, range.start + 100_000) },
      );
    const source = fixture.open();
    expect(CONTENT.equals(Buffer.from(await source.read(0, CONTENT.length)))).toBe(true);
    expect(source.stats()).toMatchObject({ retries: 0, fetchedBytes: CONTENT.length });
  });

  it('cuts parts longer than asked for', async () => {
    fixture.origin.behaviour = (_request, response, range) =>
      fixture.origin.serve(response, range && { start: range.start, end: CONTENT.length });
    const source = fixture.open();
    expect(CONTENT.equals(await collect(source.stream(0, CONTENT.length)))).toBe(true);
    expect(source.stats().fetchedBytes).toBe(CONTENT.length);
  });

  it('does without Content-Length', async () => {
    fixture.origin.behaviour = (_request, response, range) => {
      if (!range) return status(500)(_request, response, range);
      const { start, end } = range;
      const stop = Math.min(end, CONTENT.length);
      response.writeHead(206, { 'content-range': `bytes ${start}-${stop - 1}/${CONTENT.length}` });
      response.end(CONTENT.subarray(start, stop));
    };
    expect(CONTENT.equals(await collect(fixture.open().stream(0, CONTENT.length)))).toBe(true);
  });

  it.each([
    ['another start', { 'content-range': 'bytes 5-131071/4194625' }],
    ['no Content-Range', {}],
    ['nonsense', { 'content-range': 'bytes 0-9/5' }],
    ['a total of 400 digits', { 'content-range': `bytes 0-131071/${'9'.repeat(400)}` }],
    ['a total beyond exact numbers', { 'content-range': `bytes 0-131071/${2 ** 53}` }],
    ['an end of 400 digits', { 'content-range': `bytes 0-${'9'.repeat(400)}/*` }],
    ['several parts', { 'content-type': 'multipart/byteranges; boundary=x' }],
    ['a compressed body', { 'content-range': 'bytes 0-131071/4194625', 'content-encoding': 'gzip' }],
  ])('refuses %s', async (_what, headers) => {
    fixture.origin.behaviour = status(206, headers);
    await expect(fixture.open().open()).rejects.toMatchObject({ code: 'source_failed' });
    expect(fixture.origin.requests).toHaveLength(1);
  });

  it('refuses a Content-Length beyond exact numbers', async () => {
    fixture.origin.behaviour = (_request, response) => {
      response.writeHead(200, { 'content-length': '18446744073709551615' }).flushHeaders();
    };
    await expect(fixture.open().open()).rejects.toMatchObject({ code: 'source_failed' });
    expect(fixture.origin.requests).toHaveLength(1);
  });

  it('opens an empty file', async () => {
    fixture.origin.content = Buffer.alloc(0);
    const source = fixture.open();
    expect((await source.open()).sizeBytes).toBe(0);
    expect(await source.read(0, 10)).toHaveLength(0);
  });

  it.each([
    [
      'ETag',
      () => {
        fixture.origin.etag = '"v2"';
      },
    ],
    [
      'length',
      () => {
        fixture.origin.content = CONTENT.subarray(0, 3 * MIB);
      },
    ],
    [
      // Its origin answers 416 to what lies beyond the new end.
      'end comes before what is asked for',
      () => {
        fixture.origin.content = CONTENT.subarray(0, 200 * KIB);
      },
    ],
  ])('notices a file whose %s changes, and keeps what it has', async (_what, change) => {
    const source = fixture.open();
    await source.read(0, 128 * KIB);
    change();
    await expect(source.read(MIB, MIB + 1)).rejects.toMatchObject({ code: 'source_changed' });
    await expect(source.read(2 * MIB, 2 * MIB + 1)).rejects.toMatchObject({ code: 'source_changed' });
    expect(CONTENT.subarray(0, 10).equals(await source.read(0, 10))).toBe(true);
  });
});
