import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDash } from '../lab/adaptive/dash.ts';
import { makeHls } from '../lab/adaptive/hls.ts';
import { film } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { ask, type Told } from '../support/lan.ts';
import { LAN_ADDRESS } from '../support/lan-address.ts';
import { Rig } from './rig.ts';

/** What is cast, and whether it has a documented `/stream`. */
const FILMS: [title: string, open: () => Promise<string>, hasStream: boolean][] = [
  ['copied, with two audio tracks', async () => rig.open(await film('two-audio-mkv')), true],
  ['copied, with a ladder', async () => rig.open(await film('gop2-mkv'), { ladder: true }), true],
  ['with subtitles', async () => rig.open(await film('subtitles-mkv')), true],
  ['encoded', async () => rig.open(await film('mpeg4-mp3-mkv')), true],
  ['without an index', async () => rig.open(await film('avi')), true],
  ['HLS in MPEG-TS', () => openHls('ts'), true],
  ['HLS in fMP4', () => openHls('fmp4'), false],
  ['HLS with an audio group', () => openHls('audio-group'), false],
  ['HLS with a discontinuity', () => openHls('discontinuity'), true],
  ['DASH', () => openDash(), false],
];

let rig: Rig;
let origin: Origin;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-cast-'));
  // Where a computer has no network, its devices reach it in its own.
  rig = await Rig.start({ castHost: LAN_ADDRESS ?? '127.0.0.1' });
  origin = await startOrigin({ dir: folder });
});
afterAll(async () => {
  await Promise.all([rig.stop(), origin.close()]);
  await rm(folder, { recursive: true, force: true });
});

it.each(FILMS)(
  '%s: a receiver that knows nothing of tokens gets everything that the playlists name',
  async (_, open, hasStream) => {
    const id = await open();
    const { token, masterUrl, streamUrl } = await rig.core.issueCastToken({ sessionId: id });
    const urls = hasStream ? [masterUrl, streamUrl, `${streamUrl}&seek=3&force_slice=1`] : [masterUrl];
    for (const url of urls) {
      const named = await follow(new URL(url));
      expect(named.length).toBeGreaterThan(2);
      for (const one of named) expect(one.searchParams.getAll('cast_token'), one.pathname).toEqual([token]);
    }
    const byHeader = await told(new URL(masterUrl.replace(/\?.*/, '')), ['X-Raffi-Cast-Token', token]);
    expect(byHeader.text).toBe((await told(new URL(masterUrl))).text);
    await rig.close(id);
  },
);

/** Asks for a playlist, every playlist and init segment that it names, and its last segment. @returns all that was named */
async function follow(url: URL): Promise<URL[]> {
  const { status, text, headers } = await told(url);
  expect([status, headers.location], url.pathname).toEqual([200, undefined]);
  if (!url.pathname.endsWith('.m3u8') && !url.pathname.endsWith('/stream')) return [];
  expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text));
  const inTags = [...text.matchAll(/URI="([^"]+)"/g)].map((match) => new URL(match[1] ?? '', url));
  const inLines = text
    .split('\n')
    .flatMap((line) => (line === '' || line.startsWith('#') ? [] : [new URL(line, url)]));
  const playlists = inLines.filter(({ pathname }) => pathname.endsWith('.m3u8'));
  const named = [...inTags, ...inLines];
  for (const one of [...inTags, ...playlists, ...(playlists.length > 0 ? [] : inLines.slice(-1))])
    named.push(...(await follow(one)));
  return named;
}

/** As a receiver asks; what takes the core longer than it lets a request wait is asked for again. */
async function told(url: URL, headers: readonly string[] = []): Promise<Told> {
  for (let attempt = 0; ; attempt++) {
    const { hostname, port, pathname, search } = url;
    const receiver = ['Origin', 'https://www.gstatic.com', ...headers];
    const answer = await ask({
      host: hostname,
      port: Number(port),
      path: pathname + search,
      headers: LAN_ADDRESS === undefined ? headers : receiver,
    });
    if (answer.status !== 503 || attempt === 9) return answer;
  }
}

async function openHls(kind: 'ts' | 'fmp4' | 'audio-group' | 'discontinuity'): Promise<string> {
  const place = join(folder, kind);
  return rig.open(
    origin.url(
      `/${kind}/${await makeHls(place, kind, kind === 'audio-group' ? 'two-audio-mkv' : 'gop2-mkv')}`,
    ),
  );
}

async function openDash(): Promise<string> {
  const kind = 'template-timeline';
  return rig.open(origin.url(`/${kind}/${await makeDash(join(folder, kind), kind, 'two-audio-mkv')}`));
}
