import { type FilmName, film } from '../lab/media/index.ts';
import { baselineStart } from './baseline.ts';
import { type CoreClient, urisOf } from './core-client.ts';
import type { Place } from './places.ts';
import { medians, type Row, timed } from './row.ts';

const FILMS: [FilmName, string][] = [
  ['bench-gop2-mkv', 'MKV'],
  ['bench-gop2-mp4', 'MP4'],
  ['bench-gop2-moov-at-end', 'MP4, moov at the end'],
];

/** Opening a film nobody has seen → the whole first segment in the client's hands. */
export async function startRows(core: CoreClient, place: Place, runs: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, title] of FILMS) {
    const source = await place.sourceOf(await film(name));
    const ours: number[] = [];
    const baseline: number[] = [];
    for (let run = 0; run < runs; run++) {
      await place.quiet();
      let session = '';
      ours.push(
        await timed(async () => {
          session = await core.open(source);
          const [first] = urisOf(await core.text(`/sessions/${session}/stream`));
          await core.drain(first ?? '');
        }),
      );
      await core.close(session);
      await place.quiet();
      baseline.push(await baselineStart(source, 0));
    }
    rows.push({
      group: 'Start: open → first complete segment',
      name: `${place.name}, ${title}`,
      unit: 'ms',
      goal: { atMost: place.name === 'local' ? 350 : 800 },
      ...medians(ours, baseline),
    });
  }
  return rows;
}

/** The playlist of a film whose probe is done. */
export async function playlistRow(core: CoreClient, runs: number): Promise<Row> {
  const session = await core.open(await film('bench-gop2-mkv'));
  await core.text(`/sessions/${session}/stream`);
  const ours: number[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(await timed(() => core.text(`/sessions/${session}/stream?seek=${run}`)));
  }
  await core.close(session);
  return {
    group: 'Playlist',
    name: 'local, after a known probe',
    unit: 'ms',
    goal: { atMost: 20 },
    ...medians(ours, null),
  };
}
