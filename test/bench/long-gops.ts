import { film } from '../lab/media/index.ts';
import type { CoreClient } from './core-client.ts';
import type { Place } from './places.ts';
import { medians, type Row, timed } from './row.ts';

const FILM_SECONDS = 180;
const GOP_SECONDS = 60;

/**
 * A copied film whose segments last a minute, since there is a keyframe once a minute: opening → a quarter of a second of picture and sound to
 * play; the same after a seek to bytes that nobody has fetched; and what it takes to fetch that segment whole.
 */
export async function longGopRows(core: CoreClient, place: Place, runs: number): Promise<Row[]> {
  const source = await place.sourceOf(await film('bench-gop60-mkv'));
  const measured = { start: [] as number[], seek: [] as number[], whole: [] as number[] };
  for (let run = 0; run < runs; run++) {
    await place.quiet();
    let session = '';
    measured.start.push(
      await timed(async () => {
        session = await core.open(source);
        await core.text(`/sessions/${session}/master.m3u8`);
        await core.firstPlayable(session, ['v0', 'a0'], 0);
      }),
    );
    await place.quiet();
    measured.seek.push(await core.firstPlayable(session, ['v0', 'a0'], FILM_SECONDS / GOP_SECONDS - 1));
    await place.quiet();
    measured.whole.push(
      await timed(() =>
        Promise.all(['v0', 'a0'].map((name) => core.drain(`/sessions/${session}/hls/${name}/1.m4s`))),
      ),
    );
    await core.close(session);
  }
  const row = (name: string, values: number[]): Row => ({
    group: 'A keyframe a minute, copied',
    name: `${place.name}, ${name}`,
    unit: 'ms',
    goal: {},
    ...medians(values, null),
  });
  return [
    row('open → first playable data', measured.start),
    row('cold seek → first playable data', measured.seek),
    row('cold seek → the whole segment', measured.whole),
  ];
}
