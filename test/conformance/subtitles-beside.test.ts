import { execFile } from 'node:child_process';
import { copyFile, link, mkdir, mkdtemp, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import HLS, { type types } from 'hls-parser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SessionView } from '../../src/session/types.ts';
import { parseWebvtt } from '../../src/subtitles/webvtt/parse-webvtt.ts';
import { LOOPBACK_SETTINGS } from '../../src/torrent/testing.fixture.ts';
import { film } from '../lab/media/index.ts';
import { readMediaPlaylist } from './playlists.ts';
import { json, NO_FFMPEG, problemOf, Rig } from './rig.ts';
import { type Seed, type SeedOptions, seed } from './seed.ts';

const PIECE_BYTES = 32 * 1024;

let rig: Rig;
let folder: string;
const endings: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  rig = await Rig.start({ ...NO_FFMPEG, torrent: LOOPBACK_SETTINGS });
  folder = await mkdtemp(join(tmpdir(), 'raffi-beside-'));
});
afterAll(async () => {
  await rig.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A folder with these files: text, or the film of the lab that is linked there. */
async function laid(name: string, files: Record<string, string | { film: string }>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, name, path);
    await mkdir(dirname(target), { recursive: true });
    if (typeof content === 'string') await writeFile(target, content);
    else await link(content.film, target).catch(() => copyFile(content.film, target));
  }
  return join(folder, name);
}

async function seeded(path: string, options: SeedOptions = {}): Promise<Seed> {
  const made = await seed(path, { pieceBytes: PIECE_BYTES, ...options });
  endings.push(() => made.close());
  return made;
}

async function opened(source: string, more: Parameters<Rig['open']>[1] = {}): Promise<string> {
  const id = await rig.open(source, more);
  endings.push(() => rig.close(id));
  return id;
}

/** SubRip of a line a second. */
const lines = (what: string, count = 3) =>
  Array.from({ length: count }, (_, n) => {
    const clock = new Date(n * 1000).toISOString().slice(11, 19);
    return `${n + 1}\n${clock},000 --> ${clock},900\n${what} ${n}\n\n`;
  }).join('');

const tracks = ({ subtitles = [] }: SessionView) =>
  subtitles.map(({ language, title, isForced }) => [language, title, isForced]);
const textOf = async (id: string, index: number) =>
  parseWebvtt(await rig.text(`/sessions/${id}/subtitles/${index}.vtt`)).map(({ text }) => text);

/** The pieces that hold nothing but a file of a torrent. */
function piecesOf({ torrent }: SessionView, name: string): number[] {
  let offset = 0;
  for (const { path, sizeBytes } of torrent?.files ?? []) {
    if (path.endsWith(name)) {
      const first = Math.ceil(offset / PIECE_BYTES);
      return Array.from(
        { length: Math.floor((offset + sizeBytes) / PIECE_BYTES) - first },
        (_, n) => first + n,
      );
    }
    offset += sizeBytes;
  }
  throw new Error(`no ${name}`);
}

describe('a torrent', () => {
  it('offers the subtitle files beside its film, and fetches one when somebody asks for it', async () => {
    const path = await laid('The.Film.2019', {
      'The.Film.2019.mkv': { film: await film('subtitles-mkv') },
      'The.Film.2019.de.srt': lines('Zeile', 4000),
      'Subs/2_English.srt': lines('line', 4000),
      'Subs/3_English.forced.srt': lines('sign'),
      'Subs/4_French.srt': '<html>',
      'Subs/film.idx': '# VobSub index file, v7',
      'Subs/film.sub': 'pictures',
      'Subs/5_Dutch.srt': '',
    });
    const peer = await seeded(path);
    const id = await opened(peer.magnet, { kind: 'torrent' });
    const view = await rig.view(id);
    const own = view.media?.subtitles.length ?? 0;
    expect(own).toBeGreaterThan(0);
    expect(tracks(view).slice(own)).toEqual([
      ['de', null, false],
      ['en', null, false],
      ['fr', null, false],
      ['en', null, true],
    ]);
    expect(view.subtitles?.map(({ index, isExternal }) => [index, isExternal])).toEqual(
      view.subtitles?.map((_, n) => [n, n >= own]),
    );
    const master = HLS.parse(await rig.text(`/sessions/${id}/master.m3u8`)) as types.MasterPlaylist;
    const renditions = master.variants[0]?.subtitles ?? [];
    expect(renditions.map(({ language }) => language)).toEqual([
      ...(view.subtitles ?? []).slice(0, own).map(({ language }) => language),
      ...['de', 'en', 'fr', 'en'],
    ]);
    const german = readMediaPlaylist(await rig.text(renditions[own]?.uri ?? ''));
    const english = piecesOf(view, '2_English.srt');
    const piecesOfGerman = piecesOf(view, '.de.srt');
    expect(english.length).toBeGreaterThan(2);
    expect([...peer.served].filter((piece) => [...english, ...piecesOfGerman].includes(piece))).toEqual([]);
    // Segments show what the film is long enough for.
    const shown = await Promise.all(german.segments.map(({ uri }) => rig.text(uri)));
    expect(shown[0]).toMatch(/^WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00\.000\n\n/);
    expect(parseWebvtt(shown[0] ?? '').at(0)?.text).toBe('Zeile 0');
    expect(piecesOfGerman.every((piece) => peer.served.has(piece))).toBe(true);
    expect(english.some((piece) => peer.served.has(piece))).toBe(false);
    const text = await textOf(id, own + 1);
    expect([text.length, text.at(-1)]).toEqual([4000, 'line 3999']);
    expect(english.every((piece) => peer.served.has(piece))).toBe(true);
    // What is no subtitles says so by its name, and the film plays on.
    const bad = await rig.get(`/sessions/${id}/subtitles/${own + 2}.vtt`);
    expect(problemOf(bad)).toMatchObject({
      status: 422,
      code: 'bad_subtitles',
      detail: expect.stringContaining('"4_French.srt"'),
    });
    await rig.bytes(
      readMediaPlaylist(await rig.text(master.variants[0]?.uri ?? '')).segments.at(-1)?.uri ?? '',
    );
    expect((await rig.view(id)).error).toBeUndefined();
    // What is added comes behind.
    const added = await rig.get(`/sessions/${id}/subtitles?language=it`, {
      method: 'POST',
      body: lines('riga'),
    });
    expect(json(added)).toMatchObject({ index: own + 4, language: 'it', isExternal: true });
    expect(await textOf(id, own + 4)).toEqual(['riga 0', 'riga 1', 'riga 2']);
    expect(await textOf(id, own + 3)).toEqual(['sign 0', 'sign 1', 'sign 2']);
  });

  it('is given up with its session, in the middle of a subtitle file too', async () => {
    const path = await laid('Slow', {
      'Slow.mkv': { film: await film('gop2-mkv') },
      'Slow.srt': lines('line', 40_000),
    });
    const { magnet, infoHash, served } = await seeded(path, { uploadLimit: 400_000 });
    const id = await opened(magnet, { kind: 'torrent' });
    const view = await rig.view(id);
    expect(view.subtitles).toHaveLength(1);
    const pieces = piecesOf(view, '.srt');
    const asked = rig.get(`/sessions/${id}/subtitles/0.vtt`);
    await expect.poll(() => pieces.some((piece) => served.has(piece))).toBe(true);
    expect(pieces.every((piece) => served.has(piece))).toBe(false);
    await rig.close(id);
    expect((await asked).status).toBeGreaterThanOrEqual(400);
    expect(json(await rig.get(`/torrents/${infoHash}/status`))).toMatchObject({ stage: 'missing' });
  });

  it('of a season offers those of the episode, and names the next one', async () => {
    const path = await laid('Show.S01', {
      'Show.S01E01.mkv': { film: await film('gop2-mkv') },
      'Show.S01E02.mkv': { film: await film('gop2-mkv') },
      'Show.S01E10.mkv': { film: await film('gop2-mkv') },
      'Sample/show-sample.mkv': { film: await film('gop2-mkv') },
      'Show.S01E01.en.srt': lines('one'),
      'Subs/Show.S01E02/2_English.srt': lines('two'),
      'Subs/Show.S01E02/3_German.srt': lines('zwei'),
      'show.1x10.fr.srt': lines('dix'),
      'English.srt': lines('whose?'),
    });
    const { magnet } = await seeded(path);
    const first = await rig.view(await opened(magnet, { kind: 'torrent' }));
    const nameOf = (fileIdx: number | null | undefined) =>
      first.torrent?.files
        .find((file) => file.fileIdx === fileIdx)
        ?.path.split('/')
        .at(-1) ?? null;
    const seen: unknown[] = [];
    const begin = first.torrent?.files.find(({ path: name }) => name.endsWith('E01.mkv'))?.fileIdx;
    for (let at: number | null | undefined = begin; at !== null && at !== undefined && seen.length < 9; ) {
      const id = await opened(magnet, { kind: 'torrent', fileIdx: at });
      const { torrent, subtitles = [] } = await rig.view(id);
      seen.push([
        nameOf(torrent?.fileIdx),
        await Promise.all(subtitles.map(async ({ index }) => (await textOf(id, index))[0])),
      ]);
      at = torrent?.nextFileIdx;
    }
    expect(seen).toEqual([
      ['Show.S01E01.mkv', ['one 0']],
      ['Show.S01E02.mkv', ['two 0', 'zwei 0']],
      ['Show.S01E10.mkv', ['dix 0']],
    ]);
  });
});

describe('a film of this computer', () => {
  it('has the subtitle files beside it, and nothing that a link leads to', async () => {
    const outside = await laid('outside', {
      'secret.srt': lines('secret'),
      'more/secret.srt': lines('secret'),
    });
    const path = await laid('home', {
      'film.mkv': { film: await film('gop2-mkv') },
      'other.mkv': { film: await film('gop2-mkv') },
      'film.srt': lines('film'),
      'film.en.srt': lines('line'),
      'film.eng.forced.srt': lines('sign'),
      'Subs/film/2_French.srt': lines('ligne'),
      'Subs/film/deep/film.de.srt': lines('zu tief'),
      'other.en.srt': lines('other'),
      'English.srt': lines('whose?'),
      'film.large.srt': '',
      'film.nothing.srt': '',
      'film.folder.srt/x': '',
    });
    await truncate(join(path, 'film.large.srt'), 5 * 2 ** 20);
    await symlink(join(outside, 'secret.srt'), join(path, 'film.it.srt'));
    await symlink(join(outside, 'more'), join(path, 'subtitles'));
    await promisify(execFile)('mkfifo', [join(path, 'film.pipe.srt')]);
    const id = await opened(join(path, 'film.mkv'));
    expect(tracks(await rig.view(id))).toEqual([
      ['en', null, false],
      [null, 'film', false],
      ['fr', null, false],
      ['en', null, true],
    ]);
    const texts = await Promise.all([0, 1, 2, 3].map((index) => textOf(id, index)));
    expect(texts.map(([first]) => first)).toEqual(['line 0', 'film 0', 'ligne 0', 'sign 0']);
    // Once read, kept.
    await unlink(join(path, 'film.srt'));
    expect((await textOf(id, 1))[0]).toBe('film 0');
  });

  it('does not follow a link that took a file’s place meanwhile', async () => {
    const outside = await laid('elsewhere', { 'secret.srt': lines('secret') });
    const path = await laid('changing', {
      'film.mkv': { film: await film('gop2-mkv') },
      'film.en.srt': lines('line'),
      'Subs/German.srt': lines('Zeile'),
    });
    const id = await opened(join(path, 'film.mkv'));
    expect(tracks(await rig.view(id))).toHaveLength(2);
    await rm(join(path, 'film.en.srt'));
    await symlink(join(outside, 'secret.srt'), join(path, 'film.en.srt'));
    await rm(join(path, 'Subs'), { recursive: true });
    await symlink(outside, join(path, 'Subs'));
    await writeFile(join(outside, 'German.srt'), lines('secret'));
    for (const index of [0, 1]) {
      const answer = await rig.get(`/sessions/${id}/subtitles/${index}.vtt`);
      expect(problemOf(answer)).toMatchObject({ status: 404, code: 'source_not_found' });
    }
    await rig.text(`/sessions/${id}/master.m3u8`);
  });

  it('over HTTP has none: no page learns what lies on this computer', async () => {
    const path = await laid('refused', {
      'film.mkv': { film: await film('gop2-mkv') },
      'film.srt': lines('line'),
    });
    const answer = await rig.send('POST', '/sessions', { source: join(path, 'film.mkv'), kind: 'file' });
    expect(answer.status).toBe(400);
  });
});
