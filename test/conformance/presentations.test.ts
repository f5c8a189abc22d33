import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DashKind, makeDash } from '../lab/adaptive/dash.ts';
import { type HlsKind, makeHls } from '../lab/adaptive/hls.ts';
import { type FilmName, filmFacts } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { ffmpeg } from '../lab/tools.ts';
import { Rig } from './rig.ts';

const KINDS: { kind: HlsKind | DashKind; name: FilmName; times: number }[] = [
  { kind: 'ts', name: 'gop2-mkv', times: 1 },
  { kind: 'fmp4', name: 'gop2-mkv', times: 1 },
  { kind: 'byte-ranges', name: 'gop2-mkv', times: 1 },
  { kind: 'aes-128', name: 'gop2-mkv', times: 1 },
  { kind: 'audio-group', name: 'two-audio-mkv', times: 1 },
  { kind: 'discontinuity', name: 'gop2-mkv', times: 2 },
  { kind: 'template-duration', name: 'gop2-mkv', times: 1 },
  { kind: 'template-timeline', name: 'two-audio-mkv', times: 1 },
  { kind: 'list', name: 'gop2-mkv', times: 1 },
  { kind: 'segment-base', name: 'gop2-mkv', times: 1 },
];
const KEY_IN_LINK = 'k=s3cret';

let rig: Rig;
let origin: Origin;
let folder: string;
const manifests = new Map<HlsKind | DashKind, string>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-hls-'));
  for (const { kind, name } of KINDS) {
    const place = join(folder, kind);
    manifests.set(kind, isDash(kind) ? await makeDash(place, kind, name) : await makeHls(place, kind, name));
  }
  [rig, origin] = await Promise.all([Rig.start(), startOrigin({ dir: folder })]);
});
afterAll(async () => {
  await Promise.all([rig.stop(), origin.close()]);
  await rm(folder, { recursive: true, force: true });
});

function isDash(kind: HlsKind | DashKind): kind is DashKind {
  return ['template-duration', 'template-timeline', 'list', 'segment-base'].includes(kind);
}

function open(kind: HlsKind | DashKind): Promise<string> {
  return rig.open(`${origin.url(`/${kind}/${manifests.get(kind)}`)}?${KEY_IN_LINK}`);
}

describe.each(KINDS)('a presentation of the kind $kind', ({ kind, name, times }) => {
  it('is described as the film it is', async () => {
    const facts = filmFacts(name);
    const view = await rig.view(await open(kind));
    expect(view.error).toBeUndefined();
    expect(view.live).toBeUndefined();
    const { frames = 0, rate = [1, 1] } = facts.video ?? {};
    expect(view.durationSeconds).toBeCloseTo((frames * rate[1] * times) / rate[0], 0);
    expect(view.media?.video).toMatchObject([{ codec: 'h264', width: facts.video?.width }]);
    expect(view.media?.audio).toHaveLength(facts.audio.length);
    expect(view.decisions?.cmaf.video).toMatchObject({ action: 'copy' });
  });

  it('plays through master.m3u8, every picture of it, and no address of its origin is shown', async () => {
    const id = await open(kind);
    const master = await rig.text(`/sessions/${id}/master.m3u8`);
    const list = await rig.text(`/sessions/${id}/hls/v0/playlist.m3u8`);
    for (const text of [master, list]) {
      expect(text).not.toContain(String(origin.port));
      expect(text).not.toContain('s3cret');
      expect(text).not.toContain('EXT-X-KEY');
    }
    const played = await play(`${rig.baseUrl}/sessions/${id}/master.m3u8`);
    expect(played.complaints).toEqual([]);
    expect(played.frames).toBe((filmFacts(name).video?.frames ?? 0) * times);
  });

  it('fetches nothing twice, whatever is sought back and forth', async () => {
    const id = await open(kind);
    const list = await rig.text(`/sessions/${id}/hls/v0/playlist.m3u8`);
    const uris = list.split('\n').filter((line) => line.startsWith('/'));
    origin.log.clear();
    for (const uri of [...uris, ...uris.toReversed()]) await rig.bytes(uri);
    await origin.log.idle();
    const media = origin.log.requests().map(({ path, query, asked }) => `${path}?${query} ${asked?.start}`);
    expect(new Set(media).size).toBe(media.length);
  });
});

it('hands a segment on as it is, and without its encryption', async () => {
  const [clear, secret] = await Promise.all([open('ts'), open('aes-128')]);
  const original = new Uint8Array(await readFile(join(folder, 'ts', 'part1.ts')));
  expect(await rig.bytes(`/sessions/${clear}/hls/v0/1.ts`)).toEqual(original);
  expect(await rig.bytes(`/sessions/${secret}/hls/v0/1.ts`)).toEqual(original);
});

it.each(['ts', 'byte-ranges', 'aes-128', 'discontinuity'] as const)(
  '/stream passes the segments of %s on',
  async (kind) => {
    const id = await open(kind);
    const url = `${rig.baseUrl}/sessions/${id}/stream`;
    const played = await play(url);
    expect(played.complaints).toEqual([]);
    const { frames = 0 } = filmFacts('gop2-mkv').video ?? {};
    expect(played.frames).toBe(kind === 'discontinuity' ? 2 * frames : frames);
    const slice = await rig.get(`/sessions/${id}/stream?seek=7&force_slice=1`);
    expect(Number(slice.headers.get('x-raffi-slice-start'))).toBeCloseTo(4, 1);
  },
);

it('answers a range of a segment', async () => {
  const id = await open('ts');
  const answer = await rig.get(`/sessions/${id}/hls/v0/2.ts`, { headers: { Range: 'bytes=188-375' } });
  expect(answer.status).toBe(206);
  expect(answer.bytes).toHaveLength(188);
});

async function play(url: string) {
  const run = await ffmpeg([
    ...['-v', 'error', '-i', url, '-map', '0:v:0', '-map', '0:a?', '-fps_mode', 'passthrough'],
    ...['-enc_time_base', '1:90000', '-progress', 'pipe:1', '-f', 'null', '-'],
  ]);
  const frames = Number([...run.stdout.toString().matchAll(/^frame=(\d+)/gm)].at(-1)?.[1] ?? 0);
  const complaints = run.stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('non monotonically increasing dts to muxer'));
  return { frames, complaints };
}
