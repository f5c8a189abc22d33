import { describe, expect, test } from 'vitest';
import { ByteTimeline } from './byte-timeline.ts';
import { FileDemand } from './file-demand.ts';
import type { Band } from './wants.ts';

const MIB = 1024 * 1024;
/** Where the film's file begins in the torrent. */
const OFFSET = 3 * MIB;
const SIZE = 3_600 * MIB;
const TAIL = [SIZE - 65_536, SIZE];

/** An hour of film, a mebibyte each second, in pieces of one mebibyte. */
function demandOf(settings: { spareMib?: number; startSeconds?: number } = {}) {
  const here = new Set<number>();
  const clock = { nowMs: 0 };
  const spare = { bytes: (settings.spareMib ?? 1_000) * MIB };
  const demand = new FileDemand(
    { offset: OFFSET, sizeBytes: SIZE },
    {
      pieceBytes: MIB,
      has: (piece) => here.has(piece),
      unfinishedBytes: (piece) => (piece === 103 ? MIB / 4 : 0),
      cacheBytes: 4_096 * MIB,
      spareBytes: () => spare.bytes,
      startSeconds: settings.startSeconds ?? null,
      onChange: () => {},
      nowMs: () => clock.nowMs,
    },
  );
  return {
    demand,
    clock,
    spare,
    /** Mebibytes `[from, end)` of the file come, or go. */
    come(from: number, end: number) {
      for (let piece = from; piece < end; piece += 1) here.add(piece + 3);
    },
    go(from: number, end: number) {
      for (let piece = from; piece < end; piece += 1) here.delete(piece + 3);
    },
    /** What is wanted in a band, as bytes of the file. */
    wanted: (band: Band) =>
      demand
        .wants()
        .filter((want) => want.band === band && want.end > want.start)
        .map(({ start, end }) => [start - OFFSET, end - OFFSET]),
  };
}

const timeline = ByteTimeline.even(3_600, SIZE);
const mib = (from: number, end: number) => [from * MIB, end * MIB];

/** A film that has played from 80 s to 100 s, with all of `ahead` here. */
function playing(settings: { spareMib?: number } = {}) {
  const film = demandOf(settings);
  film.demand.setTimeline(timeline, 0);
  const { moveTo, leave } = film.demand.reader(80 * MIB, 106 * MIB);
  moveTo(80 * MIB);
  moveTo(100 * MIB);
  leave();
  film.demand.reader(100 * MIB, 106 * MIB).moveTo(100 * MIB);
  film.come(100, 160);
  return film;
}

describe('what is wanted of a file', () => {
  test('of one that nobody knows yet: its head, its end, and some bytes on from there', () => {
    const { demand, wanted } = demandOf();
    demand.reader(0, 1);
    expect(wanted('now')).toEqual([[0, 1]]);
    expect(wanted('next')).toEqual([TAIL, [0, 1], mib(0, 8)]);
    expect(wanted('ahead')).toEqual([mib(0, 32)]);
    expect(wanted('warm')).toEqual([]);
  });

  test('where it plays: seconds of film, whoever reads last first', () => {
    const { demand, wanted } = demandOf();
    demand.setTimeline(timeline, 0);
    demand.reader(50 * MIB, 56 * MIB).moveTo(50 * MIB);
    demand.reader(900 * MIB, 906 * MIB).moveTo(901 * MIB);
    expect(wanted('now')).toEqual([
      [901 * MIB, 901 * MIB + 1],
      [50 * MIB, 50 * MIB + 1],
    ]);
    expect(wanted('next')).toEqual([TAIL, mib(901, 906), mib(50, 56), mib(901, 911)]);
    expect(wanted('ahead')).toEqual([mib(901, 961)]);
  });

  test('what was read elsewhere is not wanted any more once its reader has left', () => {
    const { demand, wanted } = demandOf();
    demand.setTimeline(timeline, 0);
    const before = demand.reader(50 * MIB, 56 * MIB);
    before.moveTo(50 * MIB);
    before.leave();
    demand.reader(900 * MIB, 906 * MIB).moveTo(900 * MIB);
    expect(wanted('next')).toEqual([TAIL, mib(900, 906), mib(900, 910)]);
    expect(wanted('ahead')).toEqual([mib(900, 960)]);
  });

  test('lines of text and indexes that are read do not tell where it plays; what a player will read next does', () => {
    const { demand, wanted } = playing();
    demand.reader(3_000 * MIB, 3_000 * MIB + 1_024).moveTo(3_000 * MIB);
    expect(wanted('ahead')).toEqual([mib(100, 160)]);
    demand.hint(106 * MIB, 118 * MIB);
    expect(wanted('ahead')).toEqual([mib(106, 118), mib(106, 166)]);
    // Until it seeks; then a hint that comes late is of no use.
    demand.reader(900 * MIB, 906 * MIB).moveTo(900 * MIB);
    expect(wanted('ahead')).toEqual([mib(900, 960)]);
    demand.hint(112 * MIB, 124 * MIB);
    expect(wanted('ahead')).toEqual([mib(900, 960)]);
  });

  test('while it is examined and will play from elsewhere, nothing but what is read, and its end', () => {
    const { demand, wanted } = demandOf({ startSeconds: 1_800 });
    demand.reader(0, SIZE).moveTo(MIB);
    expect(wanted('now')).toEqual([[MIB, MIB + 1]]);
    expect(wanted('next')).toEqual([TAIL, [MIB, 1.5 * MIB]]);
    expect(wanted('ahead')).toEqual([]);
  });

  test('from where its index is read, what it will play as well, and little of its head', () => {
    const { demand, wanted } = demandOf({ startSeconds: 1_800 });
    const { moveTo } = demand.reader(0, SIZE);
    demand.setTimeline(timeline, 1_796);
    moveTo(2 * MIB);
    expect(wanted('now')).toEqual([[2 * MIB, 2 * MIB + 1]]);
    expect(wanted('next')).toEqual([TAIL, [2 * MIB, 2.5 * MIB], mib(1_796, 1_806)]);
    expect(wanted('ahead')).toEqual([mib(1_796, 1_856)]);
    demand.examined();
    moveTo(3 * MIB);
    expect(wanted('ahead')).toEqual([mib(3, 63)]);
  });

  test('what cannot be examined plays where it is read', () => {
    const { demand, wanted } = demandOf({ startSeconds: 1_800 });
    demand.examined();
    expect(wanted('ahead')).toEqual([mib(0, 32)]);
    demand.reader(50 * MIB, SIZE).moveTo(50 * MIB);
    expect(wanted('ahead')).toEqual([mib(50, 82)]);
  });

  test('whoever examines a film that another one plays does not move it', () => {
    const { demand, wanted } = playing();
    demand.setTimeline(timeline, 0);
    expect(wanted('ahead')).toEqual([mib(100, 160)]);
  });
});

describe('beyond what will be played', () => {
  test('a little is fetched while the film plays and its link has nothing better to do', () => {
    const { wanted, come, go } = playing();
    expect(wanted('warm')).toEqual([mib(160, 168)]);
    come(160, 163);
    expect(wanted('warm')).toEqual([mib(163, 171)]);
    come(163, 176);
    expect(wanted('warm')).toEqual([mib(176, 180)]);
    come(176, 180);
    expect(wanted('warm')).toEqual([]);
    // Not again, if it had to make room.
    go(160, 180);
    expect(wanted('warm')).toEqual([]);
  });

  test('it is no more than has been played, and ten minutes at most', () => {
    const film = playing();
    film.demand.reader(2_000 * MIB, 2_006 * MIB).moveTo(2_000 * MIB);
    film.come(2_000, 2_800);
    expect(film.wanted('warm')).toEqual([]);
    for (let at = 2_000; at < 3_000; at += 10) film.demand.hint(at * MIB, (at + 12) * MIB);
    film.come(2_800, 3_580);
    expect(film.wanted('warm')).toEqual([mib(3_580, 3_588)]);
    film.come(3_580, 3_600);
    expect(film.wanted('warm')).toEqual([]);
  });

  test('nothing is fetched as long as any of what will be played is missing', () => {
    const film = demandOf();
    film.demand.setTimeline(timeline, 0);
    const { moveTo } = film.demand.reader(80 * MIB, 106 * MIB);
    moveTo(80 * MIB);
    moveTo(100 * MIB);
    film.come(100, 159);
    expect(film.wanted('warm')).toEqual([]);
  });

  test('nothing is fetched of a film that is paused', () => {
    const { clock, wanted } = playing();
    clock.nowMs = 14_999;
    expect(wanted('warm')).toHaveLength(1);
    clock.nowMs = 15_000;
    expect(wanted('warm')).toEqual([]);
    expect(wanted('ahead')).toEqual([mib(100, 160)]);
  });

  test('nothing is fetched into room that films in use have', () => {
    expect(playing({ spareMib: 3 }).wanted('warm')).toEqual([mib(160, 163)]);
    expect(playing({ spareMib: 0 }).wanted('warm')).toEqual([]);
    expect(playing({ spareMib: -50 }).wanted('warm')).toEqual([]);
  });
});

describe('the whole file, where it is asked for', () => {
  test('is fetched from the playhead on, then before it, paused or not', () => {
    const { demand, clock, come, wanted } = playing();
    demand.wantWhole(true);
    clock.nowMs = 60_000;
    expect(wanted('rest')).toEqual([mib(160, 224)]);
    come(160, 3_590);
    expect(wanted('rest')).toEqual([mib(3_590, 3_600)]);
    come(3_590, 3_600);
    expect(wanted('rest')).toEqual([mib(0, 64)]);
    come(0, 100);
    expect(wanted('rest')).toEqual([]);
  });

  test('goes on from where a seek leads, and what plays comes first', () => {
    const { demand, wanted } = playing();
    demand.wantWhole(true);
    demand.reader(2_000 * MIB, 2_006 * MIB).moveTo(2_000 * MIB);
    expect(wanted('rest')).toEqual([mib(2_060, 2_124)]);
    expect(wanted('ahead')).toEqual([mib(2_000, 2_060)]);
  });

  test('is fetched as far as there is room, and not in circles', () => {
    const { demand, spare, come, go, wanted } = playing();
    demand.wantWhole(true);
    spare.bytes = 5 * MIB;
    expect(wanted('rest')).toEqual([mib(160, 165)]);
    come(160, 165);
    spare.bytes = MIB;
    expect(wanted('rest')).toEqual([mib(165, 166)]);
    spare.bytes = 0;
    expect(wanted('rest')).toEqual([]);
    // What was watched has made room for what is watched.
    go(160, 162);
    spare.bytes = 2 * MIB;
    expect(wanted('rest')).toEqual([mib(165, 167)]);
  });

  test('is no longer wanted when that is taken back', () => {
    const { demand, wanted } = playing();
    demand.wantWhole(true);
    demand.wantWhole(false);
    expect(wanted('rest')).toEqual([]);
  });
});

describe('how far it is', () => {
  const all = (bytes: number) => ({ haveBytes: bytes * MIB, totalBytes: bytes * MIB });

  test('is told by bands from the playhead on, and the next second by whole pieces', () => {
    const { demand, come, go } = playing();
    come(20, 30);
    go(100, 101);
    go(150, 160);
    expect(demand.progress()).toEqual({
      bands: {
        now: { haveBytes: 0, totalBytes: MIB },
        next: all(9),
        ahead: { haveBytes: 40 * MIB, totalBytes: 50 * MIB },
        rest: { haveBytes: 10 * MIB, totalBytes: 3_540 * MIB },
      },
      lackingBytes: 0.75 * MIB,
    });
    come(100, 101);
    expect(demand.progress().lackingBytes).toBe(0);
  });

  test('whatever somebody waits for is lacking, too', () => {
    const { demand } = playing();
    demand.reader(3_000 * MIB, 3_000 * MIB + 1_000);
    expect(demand.progress().lackingBytes).toBe(MIB);
  });

  test('is not told of what nobody reads', () => {
    const { demand } = demandOf();
    demand.setTimeline(timeline, 0);
    expect(demand.progress().lackingBytes).toBeNull();
  });
});
