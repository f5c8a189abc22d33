import { type FilmName, film } from '../lab/media/index.ts';
import { encodingBaseline, steadyBaseline } from './baseline.ts';
import { type CoreClient, urisOf } from './core-client.ts';
import { residentBytes } from './resources.ts';
import { type Goal, medians, type Row, timed } from './row.ts';

const GROUP = 'Films that need an encoder (local)';
const FILM_SECONDS = 180;
/** Between the end of the film and the last seek: the baseline needs a segment of 6 s after it. */
const TAIL_SECONDS = 20;
/** Film seconds over which the steady speed is measured. */
const STEADY_SECONDS = 20;

interface Encoded {
  film: FilmName;
  title: string;
}

const SOUND: Encoded = { film: 'bench-ac3-mkv', title: 'H.264 + AC-3 5.1' };
const PICTURE: Encoded = { film: 'bench-hevc-mkv', title: 'HEVC 1080p + AC-3 5.1' };

/** Where the sound alone is encoded, and where the picture is: start, seek, steady speed and audio switch. */
export async function encodedRows(core: CoreClient, runs: number): Promise<Row[]> {
  return [
    await startRow(core, SOUND, runs, { atMost: 500, timesFaster: 3 }),
    await seekRow(core, SOUND, 'segments', runs, { atMost: 300, timesFaster: 3 }),
    await startRow(core, PICTURE, runs, {}),
    await seekRow(core, PICTURE, 'segments', runs, {}),
    await seekRow(core, PICTURE, 'first playable data', runs, { atMost: 1000, timesFaster: 2 }),
    await steadyRow(core),
    await switchRow(core, runs, 'encoded', 2, { atMost: 300 }),
    await switchRow(core, runs, 'copied', 1, { atMost: 50 }),
  ];
}

/** Opening → the first segment of picture and sound, each with its init segment. */
async function startRow(core: CoreClient, spec: Encoded, runs: number, goal: Goal): Promise<Row> {
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let run = 0; run < runs; run++) {
    let session = '';
    ours.push(
      await timed(async () => {
        session = await core.open(await film(spec.film));
        await core.text(`/sessions/${session}/master.m3u8`);
        await play(core, session, 0);
      }),
    );
    await core.close(session);
    baseline.push(await encodingBaseline(await film(spec.film), 0));
  }
  return row(`${spec.title}: open → first segments`, ours, baseline, goal);
}

/**
 * Seeks to what nobody has made, until the segments of picture and sound are complete, or until there are their first fragments: a quarter of a
 * second of each, for which a player has the init segments already. Then baseline runs to the same times, with no encoder of ours beside them.
 */
async function seekRow(
  core: CoreClient,
  spec: Encoded,
  until: 'segments' | 'first playable data',
  runs: number,
  goal: Goal,
): Promise<Row> {
  const session = await core.open(await film(spec.film));
  const cuts = startsOf(await core.text(`/sessions/${session}/hls/v0/playlist.m3u8`));
  await Promise.all(['v0', 'a0'].map((name) => core.drain(`/sessions/${session}/hls/${name}/init.mp4`)));
  // From the end to the front, so that no run of an earlier seek reaches a later one's place.
  const places = Array.from(
    { length: runs },
    (_, run) => (FILM_SECONDS - TAIL_SECONDS) * (1 - (run + 0.5) / runs),
  );
  const ours: number[] = [];
  for (const seconds of places) {
    const index = cuts.findLastIndex((start) => start <= seconds);
    await core.rest();
    ours.push(
      until === 'segments'
        ? await timed(() => segments(core, session, index))
        : await core.firstPlayable(session, ['v0', 'a0'], index),
    );
  }
  await core.close(session);
  const baseline: number[] = [];
  for (const seconds of places) baseline.push(await encodingBaseline(await film(spec.film), seconds));
  return row(`${spec.title}: seek → ${until}`, ours, baseline, goal);
}

/** The picture in order, against ffmpeg with the same encoder settings and nothing else to do: film seconds per second, in percent. */
async function steadyRow(core: CoreClient): Promise<Row> {
  const session = await core.open(await film(PICTURE.film));
  const playlist = await core.text(`/sessions/${session}/hls/v0/playlist.m3u8`);
  const cuts = startsOf(playlist);
  const first = cuts.findIndex((start) => start >= STEADY_SECONDS);
  const uris = urisOf(playlist).slice(
    first,
    cuts.findIndex((start) => start >= 2 * STEADY_SECONDS),
  );
  const oursMs = await timed(async () => {
    for (const uri of uris) await core.drain(uri);
  });
  await core.close(session);
  const baselineMs = await steadyBaseline(await film(PICTURE.film), STEADY_SECONDS, STEADY_SECONDS);
  return {
    ...row('full encode: speed beside bare ffmpeg', [(baselineMs / oursMs) * 100], null, { atLeast: 90 }),
    unit: '%',
  };
}

/** From one audio track to another in mid-film → its first segment; the picture is not asked for again. */
async function switchRow(
  core: CoreClient,
  runs: number,
  kind: string,
  track: number,
  goal: Goal,
): Promise<Row> {
  const ours: number[] = [];
  for (let run = 0; run < runs; run++) {
    const session = await core.open(await film('bench-ac3-mkv'));
    const index = 5 + run;
    await core.text(`/sessions/${session}/master.m3u8`);
    await segments(core, session, index);
    await core.rest();
    ours.push(
      await timed(async () => {
        await core.drain(`/sessions/${session}/hls/a${track}/init.mp4`);
        await core.drain(`/sessions/${session}/hls/a${track}/${index}.m4s`);
      }),
    );
    await core.close(session);
  }
  return row(`audio switch → first segment, ${kind}`, ours, null, goal);
}

/** The core's largest resident set while two films are encoded at once. */
export async function encodingMemoryRow(core: CoreClient): Promise<Row> {
  const sessions = await Promise.all([SOUND, PICTURE].map(async (spec) => core.open(await film(spec.film))));
  let peak = 0;
  for (let index = 0; index < 10; index++) {
    await Promise.all(sessions.map((session) => segments(core, session, index)));
    peak = Math.max(peak, await residentBytes(core.pid));
  }
  for (const session of sessions) await core.close(session);
  return {
    ...row('core RSS, encoding two films at once', [peak / 1e6], null, { atMost: 250 }),
    group: 'Resources',
    unit: 'MB',
  };
}

async function play(core: CoreClient, session: string, index: number): Promise<void> {
  await Promise.all(
    ['v0', 'a0'].map(async (rendition) => {
      await core.drain(`/sessions/${session}/hls/${rendition}/init.mp4`);
      await core.drain(`/sessions/${session}/hls/${rendition}/${index}.m4s`);
    }),
  );
}

async function segments(core: CoreClient, session: string, index: number): Promise<void> {
  await Promise.all(['v0', 'a0'].map((name) => core.drain(`/sessions/${session}/hls/${name}/${index}.m4s`)));
}

/** When each segment of a playlist begins, seconds. */
function startsOf(playlist: string): number[] {
  let end = 0;
  return [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map((match) => {
    const start = end;
    end += Number(match[1]);
    return start;
  });
}

function row(name: string, ours: number[], baseline: number[] | null, goal: Goal): Row {
  return { group: GROUP, name, unit: 'ms', goal, ...medians(ours, baseline) };
}
