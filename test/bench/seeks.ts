import { type FilmName, film } from '../lab/media/index.ts';
import { baselineStart } from './baseline.ts';
import { type CoreClient, urisOf } from './core-client.ts';
import type { Place } from './places.ts';
import { type Goal, medians, type Row, timed } from './row.ts';

const FILMS: [name: FilmName, title: string, gopSeconds: number][] = [
  ['bench-gop2-mkv', 'MKV, GOP 2 s', 2],
  ['bench-gop2-mp4', 'MP4, GOP 2 s', 2],
  ['bench-gop10-mkv', 'MKV, GOP 10 s', 10],
  ['bench-gop10-mp4', 'MP4, GOP 10 s', 10],
];
/** Between the end of the film and the last seek: the baseline needs two segments of 6 s after it. */
const TAIL_SECONDS = 24;

/** A seek as the documented client does it: the playlist for the time, then its segment, whole. */
async function seek(core: CoreClient, session: string, seconds: number): Promise<number> {
  return timed(async () => {
    const playlist = await core.text(`/sessions/${session}/stream?force_slice=1&seek=${seconds}`);
    await core.drain(urisOf(playlist)[0] ?? '');
  });
}

/** Seeks to bytes nobody has fetched, each beside a baseline run to the same time. */
export async function coldSeekRows(core: CoreClient, place: Place, runs: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, title, gopSeconds] of FILMS) {
    const source = await place.sourceOf(await film(name));
    const session = await core.open(source);
    await core.text(`/sessions/${session}/stream`);
    const ours: number[] = [];
    const baseline: number[] = [];
    for (const seconds of coldTargets(runs, gopSeconds)) {
      await place.quiet();
      ours.push(await seek(core, session, seconds));
      await place.quiet();
      baseline.push(await baselineStart(source, seconds));
    }
    await core.close(session);
    rows.push({
      group: 'Cold seek → complete segment',
      name: `${place.name}, ${title}`,
      unit: 'ms',
      goal: gopSeconds === 2 ? goalOf(place) : {},
      ...medians(ours, baseline),
    });
  }
  return rows;
}

/**
 * Seeks to what the other delivery has fetched, and to what this one has produced, over the origin's link. Producing leaves
 * tens of MB of garbage, which V8 collects in the next 20 to 80 ms, on all threads. A viewer who goes back to a scene does so later than that;
 * what it costs to ask within a millisecond of the last byte has a row of its own, and every second target, so that both ask first.
 */
export async function warmSeekRows(core: CoreClient, place: Place, runs: number): Promise<Row[]> {
  const source = await place.sourceOf(await film('bench-gop2-mkv'));
  const session = await core.open(source);
  const fetched: number[] = [];
  const atOnce: number[] = [];
  const produced: number[] = [];
  for (const [run, seconds] of coldTargets(runs, 2).entries()) {
    const index = Math.floor(seconds / 4);
    await core.drain(`/sessions/${session}/hls/v0/${index}.m4s`);
    await core.drain(`/sessions/${session}/hls/a0/${index}.m4s`);
    await place.quiet();
    fetched.push(await seek(core, session, seconds));
    await place.quiet();
    const isAtOnce = run % 2 === 1;
    if (!isAtOnce) await core.rest();
    (isAtOnce ? atOnce : produced).push(await seek(core, session, seconds));
  }
  await core.close(session);
  const row = (name: string, values: number[], goal: Goal): Row => ({
    group: 'Warm seek → complete segment',
    name: `${place.name}, ${name}`,
    unit: 'ms',
    goal,
    ...medians(values, null),
  });
  return [
    row('into what was fetched', fetched, { atMost: 50 }),
    row('into what was produced', produced, { atMost: 10 }),
    row('into what was produced just now', atOnce, {}),
  ].filter(({ runs: count }) => count > 0);
}

/** From the end to the front, so that no read-ahead of an earlier seek reaches a later one's bytes. */
function coldTargets(runs: number, gopSeconds: number): number[] {
  const usable = 180 - TAIL_SECONDS;
  const step = Math.max(gopSeconds, Math.floor(usable / runs / gopSeconds) * gopSeconds);
  const count = Math.min(runs, Math.floor(usable / step));
  return Array.from({ length: count }, (_, i) => usable - i * step + 0.5);
}

function goalOf({ name }: Place): Goal {
  return name === 'local' ? { atMost: 60, timesFaster: 3 } : { atMost: 700, timesFaster: 1.6 };
}
