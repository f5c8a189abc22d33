import HLS, { type types } from 'hls-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWebvtt } from '../../src/subtitles/webvtt/parse-webvtt.ts';
import { type FilmName, film, filmFacts } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { frameTimes, originSeconds } from '../lab/reference.ts';
import { mustFfmpeg } from '../lab/tools.ts';
import { readMediaPlaylist } from './playlists.ts';
import { json, problemOf, Rig, text } from './rig.ts';

const FILMS: FilmName[] = [
  'subtitles-mkv',
  'subtitles-no-cues-mkv',
  'subtitles-start-offset-mkv',
  'subtitles-mp4',
  'subtitles-start-offset-mp4',
  'subtitles-fragmented-mp4',
  'subtitles-webm',
  'subtitles-mp3-mkv',
];
/** libavformat does not say when a line of a fragmented MP4 ends, and its own conversion shows none of them. */
const ENDLESS: ReadonlySet<FilmName> = new Set<FilmName>(['subtitles-fragmented-mp4']);
/** What is put in is in milliseconds, and comes out in milliseconds. */
const WITHIN_SECONDS = 0.0011;

let rig: Rig;
let origin: Origin;
beforeAll(async () => {
  [rig, origin] = await Promise.all([Rig.start(), startOrigin()]);
});
afterAll(async () => {
  await Promise.all([rig.stop(), origin.close()]);
});

const near = (seconds: number) => expect.closeTo(seconds, 2);

describe.each(FILMS)('%s', (name) => {
  const { subtitles = [] } = filmFacts(name);
  let id: string;
  beforeAll(async () => {
    origin.put(`/${name}`, await film(name));
    id = await rig.open(origin.url(`/${name}`));
  });
  afterAll(() => rig.close(id));

  it('lists its tracks', async () => {
    const view = await rig.view(id);
    expect(view.subtitles).toMatchObject(
      subtitles.map(({ codec, language, isText }, index) => ({ index, codec, language, isText })),
    );
    const listed = view.availableStreams?.filter(({ type }) => type === 'subtitle');
    expect(listed).toMatchObject(subtitles.map(({ codec, language }, index) => ({ index, codec, language })));
  });

  it.each(subtitles.map((track, index) => ({ ...track, index })))(
    'has each line of track $index at its time on the film clock',
    async ({ index, cues }) => {
      const answer = await rig.get(`/sessions/${id}/subtitles/${index}.vtt`);
      expect(answer.headers.get('Content-Type')).toBe('text/vtt; charset=utf-8');
      const got = parseWebvtt(text(answer));
      expect(got.map((cue) => cue.text)).toEqual(cues.map((cue) => cue.text));
      for (const [i, cue] of cues.entries()) {
        expect(Math.abs((got[i]?.startSeconds ?? 0) - cue.startSeconds)).toBeLessThan(WITHIN_SECONDS);
        if (ENDLESS.has(name)) expect(got[i]?.endSeconds).toBeGreaterThan(cue.startSeconds);
        else expect(Math.abs((got[i]?.endSeconds ?? 0) - cue.endSeconds)).toBeLessThan(WITHIN_SECONDS);
        expect(got[i]?.settings).toBe(cue.settings ?? '');
      }
    },
  );

  it('says the same as ffmpeg, but for how that starts its clock', async () => {
    const path = await film(name);
    const filmStart = await originSeconds(path);
    const reference = await mustFfmpeg([
      ...['-v', 'error', '-copyts', '-i', path, '-map', '0:s:0', '-c:s', 'webvtt', '-f', 'webvtt', 'pipe:1'],
    ]);
    const ours = parseWebvtt(await rig.text(`/sessions/${id}/subtitles/0.vtt`));
    const ends = (seconds: number) => (ENDLESS.has(name) ? expect.any(Number) : near(seconds));
    expect(ours.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual(
      parseWebvtt(reference.toString()).map((cue) => [
        near(cue.startSeconds - filmStart),
        ends(cue.endSeconds - filmStart),
      ]),
    );
  });

  it('gives what is shown within a window, and what began a little before it', async () => {
    const [first] = subtitles;
    const wanted = first?.cues.filter((cue) => cue.endSeconds > 5 && cue.startSeconds < 10) ?? [];
    const got = parseWebvtt(await rig.text(`/sessions/${id}/subtitles/0.vtt?from=5&to=10`));
    expect(got.map((cue) => cue.text)).toEqual(wanted.map((cue) => cue.text));
    expect(parseWebvtt(await rig.text(`/sessions/${id}/subtitles/0.vtt?from=14&to=16`))).toEqual([]);
  });

  it('answers HEAD, and says which tracks there are not', async () => {
    const head = await rig.get(`/sessions/${id}/subtitles/0.vtt`, { method: 'HEAD' });
    expect([head.status, head.headers.get('Content-Type')]).toEqual([200, 'text/vtt; charset=utf-8']);
    for (const missing of ['9.vtt', 'x.vtt', '0.srt']) {
      const answer = await rig.get(`/sessions/${id}/subtitles/${missing}`);
      expect(problemOf(answer)).toMatchObject({ status: 404, code: 'subtitle_not_found' });
    }
  });
});

describe('a large film without an index, far away', () => {
  const name = 'bench-subtitles-no-cues-mkv';
  const lines = filmFacts(name).subtitles?.[0]?.cues ?? [];
  let far: Origin;
  beforeAll(async () => {
    far = await startOrigin({ latencyMs: 5, bitsPerSecond: 400_000_000 });
    far.put('/film', await film(name));
  });
  afterAll(() => far.close());

  it('shows its lines as they are found', async () => {
    const id = await rig.open(far.url('/film'));
    const got = parseWebvtt(await rig.text(`/sessions/${id}/subtitles/0.vtt`));
    expect(got.map((cue) => cue.text)).toEqual(lines.map((cue) => cue.text));
    await rig.close(id);
  });

  it('is not read for more players than there can be', async () => {
    const id = await rig.open(far.url('/film'));
    await rig.view(id);
    const paths = Array.from(
      { length: 20 },
      (_, n) => `/sessions/${id}/subtitles/0.vtt?from=${n}&to=${n + 1}`,
    );
    const statuses = await Promise.all(paths.map(async (path) => (await rig.get(path)).status));
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    await rig.close(id);
  });

  it('is read no further when the client leaves', async () => {
    const id = await rig.open(far.url('/film'));
    await rig.view(id);
    const leaving = new AbortController();
    const { signal } = leaving;
    const answer = await fetch(new URL(`/sessions/${id}/subtitles/0.vtt`, rig.baseUrl), { signal });
    await answer.body?.getReader().read();
    far.log.clear();
    leaving.abort();
    await expect.poll(() => far.log.active.length).toBe(0);
    // What a socket holds and a request under way may bring, not the film.
    expect(far.log.totalBytes()).toBeLessThan(100_000_000);
    await rig.close(id);
  });
});

describe.each(['subtitles-mkv', 'subtitles-start-offset-mp4', 'subtitles-webm'] as const)(
  '%s in HLS',
  (name) => {
    it('has a rendition of segments that together show every line', async () => {
      const { subtitles = [] } = filmFacts(name);
      const id = await rig.open(await film(name));
      const master = HLS.parse(await rig.text(`/sessions/${id}/master.m3u8`)) as types.MasterPlaylist;
      const [variant] = master.variants;
      expect(variant?.subtitles.map(({ language }) => language)).toEqual(
        subtitles.map(({ language }) => language),
      );
      const video = readMediaPlaylist(await rig.text(variant?.uri ?? ''));
      for (const [index, { cues }] of subtitles.entries()) {
        const playlist = readMediaPlaylist(await rig.text(variant?.subtitles[index]?.uri ?? ''));
        expect(playlist.segments.length).toBe(video.segments.length);
        const seen = new Map<number, string>();
        let start = 0;
        for (const { uri, durationSeconds } of playlist.segments) {
          const segment = await rig.text(uri);
          expect(segment).toMatch(/^WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00\.000\n\n/);
          for (const cue of parseWebvtt(segment)) {
            expect(cue.startSeconds).toBeLessThan(start + durationSeconds);
            expect(cue.endSeconds).toBeGreaterThan(start);
            seen.set(cue.startSeconds, cue.text);
          }
          start += durationSeconds;
        }
        expect([...seen.values()]).toEqual(cues.map(({ text: said }) => said));
      }
      expect(problemOf(await rig.get(`/sessions/${id}/hls/s0/999.vtt`)).code).toBe('segment_not_found');
      expect(problemOf(await rig.get(`/sessions/${id}/hls/s9/playlist.m3u8`)).code).toBe(
        'subtitle_not_found',
      );
      await rig.close(id);
    });
  },
);

it('plays in players of HLS that take no subtitles', async () => {
  const id = await rig.open(await film('subtitles-mkv'));
  const master = new URL(`/sessions/${id}/master.m3u8`, rig.baseUrl).href;
  expect(await frameTimes(master)).toHaveLength(filmFacts('subtitles-mkv').video?.frames ?? 0);
  await rig.close(id);
});

it('says of pictures that they are no text', async () => {
  const id = await rig.open(await film('subtitles-pictures-mkv'));
  expect((await rig.view(id)).subtitles).toMatchObject([{ codec: 'hdmv_pgs_subtitle', isText: false }]);
  const answer = await rig.get(`/sessions/${id}/subtitles/0.vtt`);
  expect(problemOf(answer)).toMatchObject({ status: 422, code: 'subtitle_not_text' });
});

describe.each(['bench-subtitles-mp4', 'bench-subtitles-mkv'] as const)('%s, far away', (name) => {
  it('reads the lines, not the film, and those once', async () => {
    const lines = filmFacts(name).subtitles?.[0]?.cues ?? [];
    origin.put(`/far-${name}`, await film(name));
    const id = await rig.open(origin.url(`/far-${name}`));
    await rig.view(id);
    await origin.log.idle();
    const before = origin.log.totalBytes();
    const got = parseWebvtt(await rig.text(`/sessions/${id}/subtitles/0.vtt`));
    expect(got.map((cue) => cue.text)).toEqual(lines.map((cue) => cue.text));
    await rig.text(`/sessions/${id}/subtitles/0.vtt`);
    await origin.log.idle();
    // Of 184 MB: the least request for each line and, of Matroska, for the head of its cluster.
    expect(origin.log.totalBytes() - before).toBeLessThanOrEqual(lines.length * 2 * 64 * 1024);
    expect(origin.log.bytesSentTwice(`/far-${name}`)).toBe(0);
    await rig.close(id);
  });
});

describe('POST /sessions/:id/subtitles', () => {
  const add = (id: string, body: Uint8Array | string, query = '') =>
    rig.get(`/sessions/${id}/subtitles${query}`, { method: 'POST', body: body as BodyInit });

  it('adds files behind the tracks of the film, in any encoding', async () => {
    const id = await rig.open(await film('subtitles-mkv'));
    const russian = Buffer.from(
      '310d0a30303a30303a30312c303030202d2d3e2030303a30303a30322c3530300d0acff0e8e2e5f20d0a',
      'hex',
    );
    const added = await add(id, russian, '?language=ru&title=Added');
    expect(json(added)).toMatchObject({
      index: 2,
      codec: 'subrip',
      language: 'ru',
      title: 'Added',
      isExternal: true,
    });
    expect(parseWebvtt(await rig.text(`/sessions/${id}/subtitles/2.vtt`))).toEqual([
      { startSeconds: 1, endSeconds: 2.5, text: 'Привет', settings: '' },
    ]);
    expect(await rig.text(`/sessions/${id}/subtitles/2.vtt?from=3`)).toBe('WEBVTT\n\n');
    const view = await rig.view(id);
    expect(view.subtitles?.map(({ isExternal }) => isExternal)).toEqual([false, false, true]);
    expect(view.availableStreams?.at(-1)).toMatchObject({ type: 'subtitle', index: 2, language: 'ru' });
    await rig.close(id);
  });

  it.each([
    ['nothing', '', 422, 'bad_subtitles'],
    ['no subtitles', '<html>', 422, 'bad_subtitles'],
    ['too much', 'x'.repeat(5 * 2 ** 20), 413, 'body_too_large'],
  ])('refuses %s', async (_, body, status, code) => {
    const id = await rig.open(await film('subtitles-mkv'));
    expect(problemOf(await add(id, body))).toMatchObject({ status, code });
    await rig.close(id);
  });
});
