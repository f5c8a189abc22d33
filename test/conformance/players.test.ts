import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FilmName, film, filmFacts, frameTime } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { ffmpeg } from '../lab/tools.ts';
import { type Played, runFfplay } from './ffplay.ts';
import { Rig } from './rig.ts';
import { hasPreRoll } from './what-to-expect.ts';

/** Every kind of film that is delivered both ways, and not much more: players differ by container, not by our cases. */
const FILMS: FilmName[] = [
  'gop2-mkv',
  'gop10-mp4',
  'open-gop-mkv',
  'vfr-mp4',
  'audio-late-3-mkv',
  'audio-longer-mp4',
  'edit-list-mp4',
  'two-audio-mkv',
  'no-audio-mp4',
  'hevc-aac-mkv',
  'h264-mp3-mkv',
];
/**
 * Seeks are made in MPEG-TS only. libavformat 5, which ffplay uses too, cannot seek in HLS of fragmented MP4, its own included: it goes
 * on reading in the middle of a fragment. hls.js has tests of its own.
 */
const SEEK_SECONDS = 7;
const PLAYED_SECONDS = 4;

let rig: Rig;
let origin: Origin;
beforeAll(async () => {
  [rig, origin] = await Promise.all([Rig.start(), startOrigin()]);
});
afterAll(async () => {
  await Promise.all([rig.stop(), origin.close()]);
});

async function urlOf(name: FilmName, playlist: string): Promise<string> {
  origin.put(`/${name}`, await film(name));
  return `${rig.baseUrl}/sessions/${await rig.open(origin.url(`/${name}`))}/${playlist}`;
}

describe.each(['stream', 'master.m3u8'])('/%s', (playlist) => {
  it.each(FILMS)("libavformat's HLS client plays %s", async (name) => {
    const url = await urlOf(name, playlist);
    const { video } = filmFacts(name);
    const whole = await play(url);
    expect(whole.complaints).toEqual([]);
    // Pre-roll is there to be decoded.
    expect(whole.frames).toBeGreaterThanOrEqual(video?.frames ?? 0);
    if (playlist !== 'stream') return;
    const late = await play(url, SEEK_SECONDS);
    expect(late.complaints.filter((line) => !isOfTheSeek(line))).toEqual([]);
    expect(late.frames).toBeGreaterThan(0);
    expect(late.frames).toBeLessThan(whole.frames);
  });
});

// Playing takes its time but hardly any work: several at once.
describe.concurrent('ffplay', { timeout: 120_000 }, () => {
  it.each(FILMS)('plays /master.m3u8 of %s', async (name) => {
    const { complaints } = await playFromStart(name, await urlOf(name, 'master.m3u8'));
    expect(complaints.filter((line) => !isOfPreRoll(name, line))).toEqual([]);
  });

  it.each(FILMS)('plays /stream of %s, from the start and after a seek', async (name) => {
    const url = await urlOf(name, 'stream');
    const whole = await playFromStart(name, url);
    expect(whole.complaints).toEqual([]);
    const late = await runFfplay(url, { start: SEEK_SECONDS, seconds: PLAYED_SECONDS });
    expect(late.complaints.filter((line) => !isOfTheSeek(line))).toEqual([]);
    expect(late.exitCode).toBe(0);
    // It shows whole groups of pictures only: one that begins before the place sought, or the next.
    const endedAt = (late.pictureSeconds.at(-1) ?? 0) - (whole.pictureSeconds[0] ?? 0);
    expect(Math.abs(endedAt - SEEK_SECONDS - PLAYED_SECONDS)).toBeLessThan(0.5);
  });
});

/** Plays the film's first seconds, and expects every picture of them, and sound where there is any. */
async function playFromStart(name: FilmName, url: string): Promise<Played> {
  const { video, audio } = filmFacts(name);
  if (video === null) throw new Error('This film has a picture');
  const played = await runFfplay(url, { start: 0, seconds: PLAYED_SECONDS });
  expect(played.exitCode, played.complaints.join('\n')).toBe(0);
  const wanted = Array.from({ length: video.frames }, (_, index) => frameTime(video, index));
  const pictures = wanted.filter((seconds) => seconds < PLAYED_SECONDS).length;
  expect(played.pictureSeconds.length).toBeGreaterThanOrEqual(pictures);
  expect(played.soundBlocks > 0).toBe(audio.length > 0);
  return played;
}

/** Pictures behind an edit list are squeezed into the first ticks: the step from them to the film is no damage. */
function isOfPreRoll(name: FilmName, line: string): boolean {
  return hasPreRoll(name) && line.includes('DTS discontinuity');
}

/** A picture that an open GOP shows before its keyframe has lost its reference: that lies before the place sought. */
function isOfTheSeek(line: string): boolean {
  return /mmco: unref short failure|Last message repeated/.test(line);
}

/** Decodes a playlist as a player would; what it showed and what it complained of. */
async function play(url: string, startSeconds = 0) {
  const seek = startSeconds > 0 ? ['-ss', String(startSeconds)] : [];
  const run = await ffmpeg([
    ...['-v', 'error', ...seek, '-i', url, '-map', '0:v:0', '-map', '0:a:0?', '-fps_mode', 'passthrough'],
    ...['-enc_time_base', '1:90000', '-progress', 'pipe:1', '-f', 'null', '-'],
  ]);
  const frames = Number([...run.stdout.toString().matchAll(/^frame=(\d+)/gm)].at(-1)?.[1] ?? 0);
  // What the null muxer says of times it was given is about ffmpeg's own rounding; segments.test.ts judges ours.
  const complaints = run.stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('non monotonically increasing dts to muxer'));
  if (run.exitCode !== 0) complaints.push(`ffmpeg ended with ${run.exitCode}`);
  return { frames, complaints };
}
