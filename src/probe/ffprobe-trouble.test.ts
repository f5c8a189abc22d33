import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemorySource } from '../../test/support/memory-source.ts';
import { RaffiError } from '../errors.ts';
import { FfmpegTools } from '../ffmpeg/tools.ts';
import { probeWithFfprobe } from './ffprobe.ts';
import { FilmFolder, LARGE, VIDEO, X264 } from './testing/films.fixture.ts';

const never = new AbortController().signal;
let films: FilmFolder;

beforeAll(async () => {
  films = await FilmFolder.create();
});

afterAll(() => films.remove());

function probe(source: MemorySource, signal: AbortSignal = never) {
  return probeWithFfprobe(source, films.tools, signal);
}

describe('economy', () => {
  it.each(['mkv', 'mp4'])(
    'fetches a fraction of a large %s, in few requests, with one process',
    async (kind) => {
      const source = await films.film(`large.${kind}`, ...LARGE);
      const { sizeBytes } = await source.open();
      expect(sizeBytes).toBeGreaterThan(3_000_000);
      let processes = 0;
      const counting = {
        ffprobe: films.tools.ffprobe.bind(films.tools),
        expose: films.tools.expose,
        run: (...args: Parameters<typeof films.tools.run>) => {
          processes += 1;
          return films.tools.run(...args);
        },
      };
      await probeWithFfprobe(source, counting, never);
      expect(processes).toBe(1);
      expect(source.takenBytes).toBeLessThan(0.3 * sizeBytes);
      expect(source.streams.length).toBeLessThanOrEqual(4);
      expect(source.openStreams).toBe(0);
    },
  );

  it('is not led astray by a proxy of the environment', async () => {
    process.env.http_proxy = 'http://127.0.0.1:9';
    try {
      expect((await probe(await films.film('proxy.mp4', ...VIDEO, ...X264))).video).toHaveLength(1);
    } finally {
      delete process.env.http_proxy;
    }
  });
});

describe('what is no film', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  it.each([
    ['nothing', '', 'film.mkv', /empty/],
    ['one byte', 'x', 'film.mp4', /not a film/],
    ['a web page', '<!DOCTYPE html><html><body>Not here</body></html>'.padEnd(5000), 'film.mkv', /web page/],
    ['text', 'lorem ipsum '.repeat(1000), 'film.mp4', /not a film/],
    ['subtitles', '1\n00:00:01,000 --> 00:00:02,000\nHi\n', 'film.srt', /not a film/],
  ])('%s', async (_, text, name, message) => {
    const source = new MemorySource(bytes(text), { name });
    await expect(probe(source)).rejects.toMatchObject({
      code: 'not_media',
      message: expect.stringMatching(message),
    });
  });

  it('a picture', async () => {
    const source = await films.film('still.png', '-f', 'lavfi', '-i', 'color=s=64x64:d=1', '-frames:v', '1');
    await expect(probe(source)).rejects.toMatchObject({ code: 'not_media' });
  });

  it('a playlist is not followed', async () => {
    const trap = await films.film('film.ts', ...VIDEO, ...X264);
    const { url, revoke } = await films.tools.expose(trap);
    for (const [name, text] of [
      ['film.m3u8', `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n${url}\n#EXT-X-ENDLIST\n`],
      ['film.mp4', `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n${url}\n#EXT-X-ENDLIST\n`],
      ['film.ffconcat', `ffconcat version 1.0\nfile '${url}'\n`],
    ] as const) {
      await expect(probe(new MemorySource(bytes(text), { name }))).rejects.toMatchObject({
        code: 'not_media',
      });
    }
    expect(trap.streams).toHaveLength(0);
    await revoke();
  });

  it('a film cut off before its moov is damaged', async () => {
    const whole = await films.bytes('large.mp4');
    const source = new MemorySource(whole.subarray(0, 100_000), { name: 'cut.mp4' });
    await expect(probe(source)).rejects.toMatchObject({ code: 'media_damaged' });
  });
});

describe('failures', () => {
  const bytes = new Uint8Array(300_000);

  it('passes the source’s own failure on', async () => {
    const closed = new MemorySource(bytes);
    closed.open = () => Promise.reject(new RaffiError('source_not_found', 'Gone.'));
    await expect(probe(closed)).rejects.toMatchObject({ code: 'source_not_found' });

    const broken = new MemorySource(await films.bytes('large.mkv'), { name: 'large.mkv' });
    broken.gate = async (offset) => {
      if (offset > 50_000) throw new RaffiError('source_timeout', 'Too slow.');
    };
    await expect(probe(broken)).rejects.toMatchObject({ code: 'source_timeout' });
    expect(broken.openStreams).toBe(0);
  });

  it('names what to install when there is no ffprobe', async () => {
    const none = new FfmpegTools({ path: '', npm: () => [] });
    await expect(probeWithFfprobe(new MemorySource(bytes), none, never)).rejects.toMatchObject({
      code: 'ffprobe_missing',
      message: expect.stringContaining('RAFFI_FFPROBE_BIN'),
    });
    await none.stop();
  });

  it.each([
    ['crashes', 'kill -SEGV $$', /crashed/],
    ['talks without end', 'exec yes', /too large/],
    ['answers nonsense', 'echo nonsense', /not JSON/],
    ['cannot be started', null, /cannot be started/],
  ])('an ffprobe that %s', async (_, body, message) => {
    const path = join(films.path, 'fake-ffprobe');
    if (body) await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    else await rm(path);
    const { run: start, expose } = films.tools;
    const fake = { ffprobe: async () => path, run: start, expose };
    await expect(probeWithFfprobe(new MemorySource(bytes), fake, never)).rejects.toMatchObject({
      code: 'probe_failed',
      message: expect.stringMatching(message),
    });
    expect(films.tools.children.running).toBe(0);
  });

  it('an abort leaves no process, no reader', async () => {
    const stalled = new MemorySource(bytes, { name: 'film.mkv' });
    const controller = new AbortController();
    const reason = new Error('left');
    stalled.gate = (_, signal) => {
      controller.abort(reason); // ffprobe has asked: it is there and waits
      return new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason)),
      );
    };
    await expect(probe(stalled, controller.signal)).rejects.toBe(reason);
    expect(films.tools.children.running).toBe(0);
    expect(stalled.openStreams).toBe(0);
  });
});
