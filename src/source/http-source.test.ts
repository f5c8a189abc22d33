import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { collect, type SourceFixture, sourceFixture } from './testing/fixture.ts';
import { noise } from './testing/origin.ts';

const MIB = 1024 * 1024;
const CONTENT = noise(12 * MIB);
let fixture: SourceFixture;

async function start(content = CONTENT): Promise<SourceFixture> {
  fixture = await sourceFixture(content);
  return fixture;
}

afterEach(() => fixture.close());

describe('HttpSource', () => {
  it('tells size, name and type from the first range request', async () => {
    const { origin, open } = await start();
    const source = open({ path: '/a/My%20film.mkv?key=secret' });
    expect(await source.open()).toEqual({
      sizeBytes: CONTENT.length,
      name: 'My film.mkv',
      contentType: 'video/x-matroska',
    });
    expect(origin.requests).toHaveLength(1);
    expect(origin.requests[0]).toMatchObject({ start: 0, end: 128 * 1024 });
    expect(origin.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('reads exactly the bytes asked for, cut at the end of the file', async () => {
    const source = (await start()).open();
    const { length } = CONTENT;
    expect(CONTENT.subarray(5, 70_000).equals(await source.read(5, 70_000))).toBe(true);
    expect(CONTENT.subarray(5 * MIB, 9 * MIB).equals(await source.read(5 * MIB, 9 * MIB))).toBe(true);
    expect(CONTENT.subarray(length - 10).equals(await source.read(length - 10, length + 10))).toBe(true);
    expect(await source.read(length, length + 5)).toHaveLength(0);
    expect(await source.read(9, 9)).toHaveLength(0);
  });

  it('streams the whole file and asks for no byte twice, nor again when warm', async () => {
    const { origin, open } = await start();
    const source = open();
    expect(CONTENT.equals(await collect(source.stream(0, Number.POSITIVE_INFINITY)))).toBe(true);
    const cold = origin.requests.length;
    expect(CONTENT.equals(await collect(source.stream(0, CONTENT.length)))).toBe(true);
    expect(CONTENT.equals(Buffer.from(await source.read(0, CONTENT.length)))).toBe(true);
    expect(origin.requests).toHaveLength(cold);
    expect(origin.requestedTwice()).toBe(0);
    expect(source.stats()).toMatchObject({
      fetchedBytes: CONTENT.length,
      cachedBytes: CONTENT.length,
      servedBytes: 3 * CONTENT.length,
      retries: 0,
    });
  });

  it('leaves no file, no folder and no socket behind', async () => {
    const { origin, open, cacheDir } = await start();
    const source = open();
    await collect(source.stream(0, 6 * MIB));
    expect(await readdir(cacheDir)).toHaveLength(1);
    await source.close();
    await source.close();
    expect(await readdir(cacheDir)).toHaveLength(0);
    await origin.idle();
    await expect(source.read(0, 1)).rejects.toMatchObject({ code: 'aborted' });
  });

  it.runIf(process.platform === 'linux')(
    'holds no more file descriptors after closing than before',
    async () => {
      const { origin, open } = await start();
      const before = readdirSync('/proc/self/fd').length;
      const source = open();
      const reading = [collect(source.stream(0, CONTENT.length)), source.read(3 * MIB, 4 * MIB)];
      source.prefetch(9 * MIB, 12 * MIB);
      await Promise.all(reading);
      for await (const _piece of source.stream(MIB, CONTENT.length)) break;
      await source.close();
      await origin.idle();
      // Closing ends a little later than `close` says.
      const held = () => readdirSync('/proc/self/fd').length;
      await vi.waitFor(() => expect(held()).toBeLessThanOrEqual(before), { timeout: 10_000 });
    },
  );
});
