import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { noise, status } from './testing/origin.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const CONTENT = noise(4 * MIB + 321);
let fixture: SourceFixture;
beforeEach(async () => {
  fixture = await sourceFixture(CONTENT);
});
afterEach(() => fixture.close());

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
