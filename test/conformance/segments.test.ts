import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FilmName, film, filmFacts } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import {
  expectAudioJoins,
  expectFragmentsJoin,
  expectSameFrames,
  expectSameSound,
  expectVideoJoins,
} from './continuity.ts';
import { type Delivery, deliveryOf, fetchAll, hashes, shuffled, urisOf } from './film-delivery.ts';
import { FilmJudge, type Part } from './film-judge.ts';
import { expectSoundDurations } from './playlists.ts';
import { NO_FFMPEG, Rig } from './rig.ts';
import {
  copiedTracks,
  filmSeconds,
  frameSeconds,
  hasPreRoll,
  isExpectedComplaint,
  isOpenGop,
  isTransportable,
  PLAYABLE,
} from './what-to-expect.ts';

/** `/stream` presents film time 0 here: decode times must not be negative. */
const TRANSPORT_ORIGIN_SECONDS = 10;

/** Cores that copy, and leave out what they cannot. */
let first: Rig;
let second: Rig;
let origin: Origin;
beforeAll(async () => {
  [first, second, origin] = await Promise.all([Rig.start(NO_FFMPEG), Rig.start(NO_FFMPEG), startOrigin()]);
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop(), origin.close()]);
});

/** A film that was fetched whole, in order, and judged. */
interface Judged {
  delivery: Delivery;
  cold: Map<string, Uint8Array>;
  judge: FilmJudge;
}
const judged = new Map<FilmName, Promise<Judged>>();

/** Judges a film once. The next one is begun with it, so that both processors have work. */
function judgedFilm(name: FilmName): Promise<Judged> {
  const [known, next] = [name, PLAYABLE[PLAYABLE.indexOf(name) + 1]].map((film) => {
    if (film !== undefined && !judged.has(film)) judged.set(film, judgeFilm(film));
    return film && judged.get(film);
  });
  next?.catch(() => {}); // its own tests will hear of it
  return known as Promise<Judged>;
}

async function judgeFilm(name: FilmName): Promise<Judged> {
  const sessionId = await first.open(await film(name));
  const cold = await fetchAll(first, urisOf(await deliveryOf(first, sessionId)));
  // Again: where cuts had to be looked for, playlists are exact from now on.
  const delivery = await deliveryOf(first, sessionId);
  return { delivery, cold, judge: await FilmJudge.of(name, delivery, cold) };
}

describe.each(PLAYABLE)('%s', (name) => {
  const { video, audio } = filmFacts(name);
  let delivery: Delivery;
  let cold: Map<string, Uint8Array>;
  let judge: FilmJudge;

  beforeAll(async () => {
    ({ delivery, cold, judge } = await judgedFilm(name));
  });
  afterAll(async () => {
    await first.close(delivery.sessionId);
    judged.delete(name);
  });

  it('has playlists that two parsers read alike and that add up', () => {
    const ids = delivery.renditions.map(({ id }) => id).toSorted();
    const tracks = copiedTracks(name).map((position) => `a${position}`);
    expect(ids).toEqual(video ? [...tracks, 'v0'] : tracks);
    expect(delivery.transport !== null).toBe(isTransportable(name));
    expect(Math.abs(delivery.durationSeconds - filmSeconds(name))).toBeLessThan(0.1);
    for (const { id, playlist } of delivery.renditions) {
      const sum = playlist.segments.reduce((total, { durationSeconds }) => total + durationSeconds, 0);
      // The picture's own end where that comes first; sound always lasts as long as the film.
      const end = id === 'v0' ? Math.min(sum, delivery.durationSeconds) : delivery.durationSeconds;
      expectSoundDurations(playlist, end);
      if (id === 'v0') expect(delivery.durationSeconds - sum).toBeLessThan(Math.max(0.1, audioTail(name)));
    }
    if (delivery.transport) expectSoundDurations(delivery.transport, delivery.durationSeconds);
  });

  it('has the same bytes warm, after seeks in any order, in another core and from an origin', async () => {
    const known = hashes(cold);
    expect(hashes(await fetchAll(first, urisOf(delivery)))).toEqual(known);
    const sought = await deliveryOf(first, await first.open(await film(name)));
    expect(hashes(await fetchAll(first, shuffled(urisOf(sought), 1)))).toEqual(known);
    await first.close(sought.sessionId);
    origin.put(`/${name}`, await film(name));
    const remote = await deliveryOf(second, await second.open(origin.url(`/${name}`)));
    expect(hashes(await fetchAll(second, shuffled(urisOf(remote), 2)))).toEqual(known);
    await second.close(remote.sessionId);
  });

  it('has segments that decode alone, as long as announced, without gap or overlap', () => {
    expect(judge.complaints.filter((line) => !isExpectedComplaint(name, line))).toEqual([]);
    if (video) {
      const frame = { frameSeconds: frameSeconds(video) };
      expectVideoJoins(judge.alone('v0'), { originSeconds: 0, ...frame });
      if (!isOpenGop(name)) expectFragmentsJoin(judge.times('v0'), frame.frameSeconds);
      if (delivery.transport)
        expectVideoJoins(judge.alone('ts-video'), { originSeconds: TRANSPORT_ORIGIN_SECONDS, ...frame });
    }
    const durations = (part: Part) => judge.alone(part).map(({ extinfSeconds }) => extinfSeconds);
    for (const position of copiedTracks(name)) {
      expectAudioJoins(judge.times(`a${position}`), durations(`a${position}`));
    }
    if (delivery.transport && audio.length > 0) {
      const onFilmClock = judge.times('ts-audio').map((times) => ({
        ...times,
        startSeconds: times.startSeconds - TRANSPORT_ORIGIN_SECONDS,
        endSeconds: times.endSeconds - TRANSPORT_ORIGIN_SECONDS,
      }));
      expectAudioJoins(onFilmClock, durations('ts-audio'));
    }
  });

  it('is the source, picture by picture and packet by packet, at the same times', () => {
    expect(judge.wholeComplaints).toEqual([]);
    const { source } = judge;
    for (const [what, originSeconds] of [
      ['v0', 0],
      ['ts-video', TRANSPORT_ORIGIN_SECONDS],
    ] as const) {
      const whole = judge.whole(what);
      if (!whole) continue;
      const preRoll = hasPreRoll(name) ? whole.frames.length - source.video.frames.length : 0;
      const hidden = whole.frames.slice(0, preRoll);
      expect(hidden.every(({ ptsSeconds }) => ptsSeconds - originSeconds < 0.01)).toBe(true);
      expectSameFrames(whole.frames.slice(preRoll), source.video.frames, originSeconds);
      if (isOpenGop(name)) continue;
      const alone = judge.alone(what).flatMap(({ found }) => found.frames);
      expect(alone.map(({ md5 }) => md5)).toEqual(whole.frames.map(({ md5 }) => md5));
    }
    for (const position of copiedTracks(name)) {
      const track = source.audio[position];
      expectSameSound(judge.whole(`a${position}`)?.packets ?? [], track?.packets ?? [], 0);
    }
    const transport = judge.whole('ts-audio');
    const track = source.audio[judge.transportTrack];
    if (transport) expectSameSound(transport.packets, track?.packets ?? [], TRANSPORT_ORIGIN_SECONDS);
  });
});

function audioTail(name: FilmName): number {
  const { video } = filmFacts(name);
  return video === null ? 0 : filmSeconds(name) - video.frames * frameSeconds(video) + 0.1;
}
