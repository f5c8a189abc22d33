import { type FilmName, film } from '../lab/media/index.ts';
import { startOrigin } from '../lab/origin/index.ts';
import { type CoreClient, urisOf } from './core-client.ts';
import type { Row } from './row.ts';

const FILMS: [FilmName, string][] = [
  ['bench-gop2-mkv', 'MKV'],
  ['bench-gop2-mp4', 'MP4'],
  ['bench-gop2-moov-at-end', 'MP4, moov at the end'],
];
const PLAYED_SECONDS = 60;
const SEEKS = 10;

/** Bytes that the origin was asked for more than once while a film is probed, started, played for 60 s and sought in ten times. */
export async function trafficRows(core: CoreClient): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, title] of FILMS) {
    const origin = await startOrigin({ files: { '/film': await film(name) }, bitsPerSecond: 400_000_000 });
    try {
      const session = await core.open(origin.url('/film'));
      const segments = urisOf(await core.text(`/sessions/${session}/stream`));
      const played = Math.ceil((PLAYED_SECONDS / 180) * segments.length);
      for (const uri of segments.slice(0, played)) await core.drain(uri);
      // Back and forth over the whole film, also into what was played.
      for (let n = 0; n < SEEKS; n++) {
        await core.drain(segments[(n * 17 + 5) % segments.length] ?? '');
      }
      await core.close(session);
      await origin.log.idle();
      rows.push({
        group: 'Traffic: probe, start, 60 s, ten seeks',
        name: `${title}: bytes asked for twice`,
        unit: 'bytes',
        ours: origin.log.requestedTwice(),
        baseline: null,
        goal: { atMost: 0 },
        runs: 1,
      });
    } finally {
      await origin.close();
    }
  }
  return rows;
}
