import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, QUICK_RETRY, type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { noise, status } from './testing/origin.ts';

const MIB = 1024 * 1024;
const CONTENT = noise(4 * MIB + 321);
let fixture: SourceFixture;
beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
});
afterEach(() => fixture.close());

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
