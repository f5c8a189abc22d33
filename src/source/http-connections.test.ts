import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { type Behaviour, noise, TestOrigin } from './testing/origin.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const CONTENT = noise(4 * MIB + 321);
let fixture: SourceFixture;
beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
});
afterEach(() => fixture.close());

/** Sends `bytes` of a normal answer, then resets the connection. */
const resetAfter =
  (bytes: number): Behaviour =>
  (_request, response, range) => {
    fixture.origin.serve(response, range, bytes);
    setImmediate(() => response.socket?.resetAndDestroy());
  };

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
