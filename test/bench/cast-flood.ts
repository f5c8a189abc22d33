import { once } from 'node:events';
import type { CastToken } from '../../src/index.ts';
import { film } from '../lab/media/index.ts';
import { LAN_ADDRESS } from '../support/lan-address.ts';
import { endChild, startChild } from './child.ts';
import { type CoreClient, urisOf } from './core-client.ts';
import { medians, type Row } from './row.ts';

const REQUESTS_PER_SECOND = 2000;
const MEASURE_MS = 3000;
const MAX_ROUNDS = 5;
/** Part of the wanted rate that has to come about for the figure to mean anything. */
const MIN_FLOOD = 0.9;

/**
 * What a neighbour that tries bad tokens takes from a local player: the speed at which that gets segments meanwhile, beside its speed while the
 * same flood goes to a server that resets every connection. Both floods take the same of the machine; the rest is the core's.
 */
export async function floodRows(core: CoreClient, runs: number): Promise<Row[]> {
  if (LAN_ADDRESS === undefined) return [];
  const session = await core.open(await film('bench-gop2-mkv'));
  const uris = urisOf(await core.text(`/sessions/${session}/hls/v0/playlist.m3u8`));
  const { hostname, port } = new URL((await issue(core, session)).sessionUrl);
  const sink = await startChild('flood.ts', ['sink', LAN_ADDRESS]);
  const sinkPort = String((sink.first as { port: number }).port);
  const path = `/sessions/${session}/master.m3u8`;
  const shares: number[] = [];
  try {
    for (let round = 0; round < Math.min(runs, MAX_ROUNDS); round++) {
      const before = await speedUnder(core, uris, [hostname, sinkPort, path]);
      const under = await speedUnder(core, uris, [hostname, port, path]);
      if (before !== null && under !== null) shares.push((under / before) * 100);
    }
  } finally {
    await endChild(sink.child);
    await core.close(session);
  }
  if (shares.length === 0) {
    console.error('A hostile neighbour: not measured, this machine is too busy to be one.');
    return [];
  }
  return [
    {
      group: 'A hostile neighbour',
      name: `a local player under ${REQUESTS_PER_SECOND} bad tokens a second`,
      unit: '%',
      goal: { atLeast: 90 },
      ...medians(shares, null),
    },
  ];
}

/** Bytes a second that a player gets, one segment after the other; null where the flood did not come about. */
async function speedUnder(
  core: CoreClient,
  uris: readonly string[],
  target: string[],
): Promise<number | null> {
  const { child } = await startChild('flood.ts', [...target, String(REQUESTS_PER_SECOND)]);
  try {
    const startedMs = performance.now();
    let bytes = 0;
    for (let index = 0; performance.now() - startedMs < MEASURE_MS; index = (index + 1) % uris.length)
      bytes += await core.drain(uris[index] ?? '');
    const speed = bytes / (performance.now() - startedMs);
    const [{ perSecond }] = (await once(child, 'message')) as [{ perSecond: number }];
    return perSecond >= MIN_FLOOD * REQUESTS_PER_SECOND ? speed : null;
  } finally {
    await endChild(child);
  }
}

async function issue(core: CoreClient, sessionId: string): Promise<CastToken> {
  const answer = await fetch(new URL('/cast/token', core.baseUrl), {
    method: 'POST',
    body: JSON.stringify({ sessionId }),
  });
  return (await answer.json()) as CastToken;
}
