import { film } from '../lab/media/index.ts';
import { type LabReceiver, startReceiver } from '../lab/receiver/index.ts';
import { LAN_ADDRESS } from '../support/lan-address.ts';
import type { CoreClient } from './core-client.ts';
import { medians, type Row, timed } from './row.ts';

/** In the middle of the film, where nobody has read. */
const START_SECONDS = 90;

/**
 * Against the lab's Chromecasts, which decode what they fetched with ffmpeg before they say that they play it. Nothing where this computer is in no
 * network.
 */
export async function castRows(core: CoreClient, runs: number): Promise<Row[]> {
  const host = LAN_ADDRESS;
  if (host === undefined) return [];
  const rows: Row[] = [];
  for (const model of ['Chromecast', 'Chromecast Ultra']) {
    await using receiver = await startReceiver({ host, model, name: `Bench ${model}` });
    await core.device(receiver.id, true);
    if (model === 'Chromecast') rows.push(await visibleRow(core, receiver, runs));
    rows.push(...(await filmRows(core, receiver, model, runs)));
  }
  return rows;
}

async function visibleRow(core: CoreClient, receiver: LabReceiver, runs: number): Promise<Row> {
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    receiver.command({ do: 'leave' });
    await core.device(receiver.id, false);
    values.push(
      await timed(async () => {
        receiver.command({ do: 'announce' });
        await core.device(receiver.id, true);
      }),
    );
  }
  return row('a device announces itself → it is listed', values, 2_000);
}

/** From the LOAD that the device hears, and from the wish of the person. */
async function filmRows(
  core: CoreClient,
  receiver: LabReceiver,
  model: string,
  runs: number,
): Promise<Row[]> {
  const measured = { load: [] as number[], all: [] as number[] };
  const path = await film('bench-gop2-mkv');
  for (let run = 0; run < runs; run++) {
    const session = await core.open(path);
    await core.text(`/sessions/${session}/master.m3u8`);
    measured.all.push(await timed(() => core.cast(receiver.id, session, START_SECONDS)));
    const loaded = receiver.all('message').findLast(({ payload }) => payload.type === 'LOAD');
    const shown = receiver.all('status').findLast(({ playerState }) => playerState === 'PLAYING');
    measured.load.push((shown?.atMs ?? Number.NaN) - (loaded?.atMs ?? Number.NaN));
    await core.castNoMore();
    await core.close(session);
  }
  const name = `${model}, copied film`;
  return [
    row(`${name}: LOAD → the first frame`, measured.load, 2_500),
    row(`${name}: cast → the first frame`, measured.all),
  ];
}

function row(name: string, values: number[], atMostMs?: number): Row {
  return {
    ...{ group: 'Casting', name, unit: 'ms', ...medians(values, null) },
    goal: atMostMs === undefined ? {} : { atMost: atMostMs },
  };
}
