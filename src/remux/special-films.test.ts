import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchEnd } from './fetch-end.ts';
import type { Packet, PacketReader, Span } from './packet.ts';
import { buildCmafInit, buildTransportSegment, cmafFragments } from './segments.ts';
import {
  decodeErrors,
  decodeWarnings,
  FilmFolder,
  joined,
  type OpenFilm,
  openFilm,
  packetHashes,
  pictureHashes,
  probePackets,
  synthetic,
} from './testing/films.fixture.ts';
import { remuxMatroska } from './testing/remux-matroska.fixture.ts';

let folder: FilmFolder;
beforeAll(async () => {
  folder = await FilmFolder.open();
});
afterAll(() => folder.close());

const SIZE = '160x90';
const x264 = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1', '-g', '48', '-bf', '3'],
  ...['-x264-params', 'scenecut=0', '-c:a', 'aac'],
];

async function transport(film: OpenFilm, name: string): Promise<string> {
  const position = film.reader.audio[0] ? 0 : null;
  const segments = await Promise.all(
    film.plan.segments.map(async (segment) =>
      Buffer.concat(await buildTransportSegment(film.reader, position, segment, film)),
    ),
  );
  return folder.write(name, Buffer.concat(segments));
}

async function rendition(film: OpenFilm, which: 'v' | number, name: string): Promise<string> {
  const format = which === 'v' ? film.reader.video : film.reader.audio[which];
  if (!format) throw new Error('no such rendition');
  const parts = [await buildCmafInit(format, film.media)];
  for (const segment of film.plan.segments) {
    const part = { segment, ...bounds(segment, film) };
    parts.push(await joined(cmafFragments(film.reader, which, part, film.media)));
  }
  return folder.write(name, Buffer.concat(parts));
}

const bounds = (segment: Span, film: OpenFilm) => ({
  startSeconds: segment.startSeconds,
  endSeconds: Math.min(segment.endSeconds, film.plan.durationSeconds),
});

/** Content of each packet of the first audio track. */
async function audioOf(film: OpenFilm, span: Span): Promise<string[]> {
  const packets: string[] = [];
  for await (const { data } of film.reader.audioPackets(0, span)) {
    packets.push(createHash('sha1').update(data).digest('hex'));
  }
  return packets;
}

async function audioTimes(film: OpenFilm, span: Span): Promise<number[]> {
  const times: number[] = [];
  for await (const { ptsSeconds } of film.reader.audioPackets(0, span)) times.push(ptsSeconds);
  return times;
}

describe('Matroska as other muxers write it', () => {
  let plain: OpenFilm;
  beforeAll(async () => {
    plain = await openFilm(await folder.make(...synthetic(10, '24', SIZE), ...x264, 'plain.mkv'));
  }, 60_000);

  it.each([
    ['laced audio before its keyframe, as mkvmerge does', { lacing: 'ebml', frames: 8, audioLeadMs: 0 }],
    ['Xiph laces, audio a second ahead', { lacing: 'xiph', frames: 3, audioLeadMs: 1000 }],
    ['audio a second behind', { lacing: 'none', frames: 1, audioLeadMs: -1000 }],
    ['audio five seconds ahead', { lacing: 'none', frames: 1, audioLeadMs: 5000 }],
    ['header stripping', { lacing: 'none', frames: 1, audioLeadMs: 0, compression: 'stripped' }],
    ['zlib', { lacing: 'none', frames: 1, audioLeadMs: 0, compression: 'zlib' }],
    ['clusters of unknown size', { lacing: 'none', frames: 1, audioLeadMs: 0, unknownSizes: true }],
  ] as const)('%s: each audio packet in exactly one segment', async (name, layout) => {
    const file = `${name.replace(/\W+/g, '-')}.mkv`;
    const film = await openFilm(await folder.write(file, remuxMatroska(plain.bytes, layout)));
    expect(film.plan.segments.map(({ startSeconds }) => startSeconds)).toEqual(
      plain.plan.segments.map(({ startSeconds }) => startSeconds),
    );
    for (const segment of [...film.plan.segments].reverse()) {
      const twin = plain.plan.segments[segment.index];
      if (!twin) throw new Error('no such segment');
      expect(await audioOf(film, segment)).toEqual(await audioOf(plain, twin));
      const times = await audioTimes(plain, twin);
      const drift = (await audioTimes(film, segment)).map((time, i) => Math.abs(time - (times[i] ?? 0)));
      expect(Math.max(...drift)).toBeLessThan(0.0011);
    }
    expect(await pictureHashes(await transport(film, `${file}.ts`))).toEqual(await pictureHashes(plain.file));
  });

  it('loses to a damaged stretch no more than it held', async () => {
    const damaged = Buffer.from(plain.bytes);
    const [, second] = plain.plan.segments;
    if (!second) throw new Error('one segment only');
    for (let i = 0; i < 3000; i++) damaged[second.startOffset + 400 + i] = (i * 31) & 0xff;
    const film = await openFilm(await folder.write('damaged.mkv', damaged));
    const [whole] = film.plan.segments;
    if (!whole) throw new Error('no segment');
    const kept = await audioOf(film, whole);
    const all = await audioOf(plain, whole);
    expect(all).toEqual(expect.arrayContaining(kept));
    // Only what is stored behind the next keyframe is gone.
    expect(all.length - kept.length).toBeLessThan(8);
    const last = film.plan.segments.at(-1);
    expect(last && (await audioOf(film, last)).length).toBeGreaterThan(50);
    await transport(film, 'damaged.ts');
  });

  it('reads of a later segment no more than its audio may reach into, for video with a constant frame rate', async () => {
    const [first] = plain.plan.segments;
    if (!first) throw new Error('no segment');
    plain.source.reads.length = 0;
    let count = 0;
    for await (const packet of plain.reader.videoPackets(first)) count += packet.data.length > 0 ? 1 : 0;
    expect(count).toBe(Math.round((first.endSeconds - first.startSeconds) * 24));
    expect(Math.max(...plain.source.reads.map(([, end]) => end))).toBeLessThanOrEqual(fetchEnd(first));
  });

  it('ends with the reason of its signal', async () => {
    const [first] = plain.plan.segments;
    if (!first) throw new Error('no segment');
    const reason = new Error('enough');
    await expect(
      buildTransportSegment(plain.reader, 0, first, plain, AbortSignal.abort(reason)),
    ).rejects.toBe(reason);
  });
});

describe('film times', () => {
  it.each(['mkv', 'mp4'])('fills the time before audio that starts late, %s', async (container) => {
    const film = await openFilm(
      await folder.make(
        ...['-f', 'lavfi', '-i', `testsrc2=s=${SIZE}:r=24:d=10`],
        ...['-itsoffset', '3.2', '-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=5'],
        ...[...x264, `late.${container}`],
      ),
    );
    const audio = await packetHashes(await rendition(film, 0, `late-${container}.mp4`), 'a:0');
    const source = await packetHashes(film.file, 'a:0');
    const first = source.find(({ pts }) => pts - film.index.originSeconds >= 3.19);
    const ours = audio.find(({ hash }) => hash === first?.hash);
    expect(Math.abs((ours?.pts ?? 0) - ((first?.pts ?? 0) - film.index.originSeconds))).toBeLessThan(0.0011);
    expect(audio[0]?.pts).toBeLessThan(1024 / 48000);
    const steps = audio.slice(1).map(({ pts }, i) => pts - (audio[i]?.pts ?? 0));
    expect(Math.max(...steps)).toBeLessThan(2 * (1024 / 48000));
    expect((audio.at(-1)?.pts ?? 0) + 1024 / 48000).toBeGreaterThan(9.97);
    expect(await decodeErrors(await transport(film, `late-${container}.ts`))).toBe('');
  });

  it('squeezes the pre-roll an edit list hides into the first ticks', async () => {
    await folder.make(...synthetic(10, '24', SIZE), ...x264, 'whole.mp4');
    const cut = await folder.make('-ss', '3', '-i', `${folder.path}/whole.mp4`, '-c', 'copy', 'cut.mp4');
    const film = await openFilm(cut);
    const preRoll: number[] = [];
    const [first] = film.plan.segments;
    if (!first) throw new Error('no segment');
    for await (const { ptsSeconds } of film.reader.videoPackets(first))
      if (ptsSeconds < -0.001) preRoll.push(ptsSeconds);
    expect(preRoll.length).toBeGreaterThan(10);
    const packets = await probePackets(await rendition(film, 'v', 'cut-v.mp4'));
    expect(packets.length).toBe(
      (await probePackets(`${folder.path}/whole.mp4`)).filter(({ stream }) => stream === 0).length - 48,
    );
    expect(packets.filter(({ pts }) => pts < 0.02).length).toBe(preRoll.length + 1);
    const ts = await probePackets(await transport(film, 'cut.ts'));
    const video = ts.filter(({ stream }) => stream === 0);
    expect(video.filter(({ pts, dts }, i) => pts < dts || dts <= (video[i - 1]?.dts ?? 0))).toEqual([]);
  });

  it('goes on past the wrap of MPEG-TS clocks after 26.5 hours', async () => {
    const film = await openFilm(await folder.make(...synthetic(6, '24', SIZE), ...x264, 'day.mkv'));
    const [segment] = film.plan.segments;
    if (!segment) throw new Error('no segment');
    // Two seconds of film before the 33 bits are full.
    const shift = 2 ** 33 / 90_000 - 12;
    async function* late(packets: AsyncIterable<Packet>): AsyncGenerator<Packet> {
      for await (const packet of packets) yield { ...packet, ptsSeconds: packet.ptsSeconds + shift };
    }
    const reader: PacketReader = {
      video: film.reader.video,
      audio: film.reader.audio,
      videoPackets: (_, signal) => late(film.reader.videoPackets(segment, signal)),
      audioPackets: (position, _, signal) => late(film.reader.audioPackets(position, segment, signal)),
      close() {},
    };
    const part = { ...segment, startSeconds: shift, endSeconds: shift + segment.endSeconds };
    const file = await folder.write(
      'day.ts',
      Buffer.concat(await buildTransportSegment(reader, 0, part, film)),
    );
    expect(await decodeErrors(file)).toBe('');
    expect(await decodeWarnings(file)).not.toMatch(/ontinuity|monoton|corrupt/i);
  });

  it('goes straight to a fragment that only a sidx lists', async () => {
    const film = await openFilm(
      await folder.make(
        ...['-f', 'lavfi', '-i', `testsrc2=s=${SIZE}:r=24:d=60`, '-c:v', 'libx264', '-preset', 'ultrafast'],
        ...['-g', '24', '-b:v', '400k', '-minrate', '400k', '-maxrate', '400k', '-bufsize', '200k'],
        ...['-movflags', '+frag_keyframe+dash+global_sidx+skip_trailer', 'sidx.mp4'],
      ),
    );
    const segment = film.plan.segments.at(-2);
    if (!segment) throw new Error('no segment');
    film.source.reads.length = 0;
    await buildTransportSegment(film.reader, null, segment, film);
    const before = film.source.reads.filter(([, end]) => end < segment.startOffset - (256 << 10));
    expect(before).toEqual([]);
    expect(await pictureHashes(await transport(film, 'sidx.ts'))).toEqual(await pictureHashes(film.file));
  });

  it.each(['mka', 'm4a'])('plays audio without video, %s', async (container) => {
    const film = await openFilm(
      await folder.make('-f', 'lavfi', '-i', 'sine=f=440:r=44100:d=11', '-c:a', 'aac', `sound.${container}`),
    );
    expect(film.reader.video).toBeNull();
    const ours = await packetHashes(await rendition(film, 0, `sound-${container}.mp4`), 'a:0');
    const source = (await packetHashes(film.file, 'a:0')).filter(
      ({ pts }) => pts - film.index.originSeconds > -0.0009,
    );
    expect(ours.map(({ hash }) => hash)).toEqual(source.map(({ hash }) => hash));
    expect(await decodeErrors(await transport(film, `sound-${container}.ts`))).toBe('');
  });

  it('plays video without audio', async () => {
    const film = await openFilm(
      await folder.make('-f', 'lavfi', '-i', `testsrc2=s=${SIZE}:r=24:d=6`, ...x264.slice(0, -2), 'mute.mkv'),
    );
    expect(film.reader.audio).toEqual([]);
    expect(await pictureHashes(await transport(film, 'mute.ts'))).toEqual(await pictureHashes(film.file));
  });
});
