import { setTimeout as delay } from 'node:timers/promises';
import { film } from '../lab/media/index.ts';
import { cpuMs } from '../support/cpu.ts';
import { encodersOf } from '../support/encoders.ts';
import type { CoreClient } from './core-client.ts';
import type { Row } from './row.ts';

const GROUP = 'Encoders under load (local)';
const FILM = 'bench-hevc-mkv';
const PAUSE_MS = 60_000;
/** In which the encoder may still fill its look-ahead, up to its bound. */
const SETTLE_MS = 20_000;
const TOGETHER_MS = 15_000;

/** What a paused film costs, and whether two full encodes side by side get on alike. Linux only: by the kernel's accounts. */
export async function encoderLoadRows(core: CoreClient): Promise<Row[]> {
  return [await pausedRow(core), await togetherRow(core)];
}

/** Processor time of all encoders in a minute in which nobody asks for anything. */
async function pausedRow(core: CoreClient): Promise<Row> {
  const session = await core.open(await film(FILM));
  for (const rendition of ['v0', 'a0']) await core.drain(`/sessions/${session}/hls/${rendition}/0.m4s`);
  await delay(SETTLE_MS);
  const encoders = encodersOf(core.pid);
  const used = async () => (await Promise.all(encoders.map(cpuMs))).map((ms) => ms ?? 0);
  const before = await used();
  await delay(PAUSE_MS);
  const after = await used();
  await core.close(session);
  // One that has ended meanwhile is told as 0.
  const spent = after.map((ms, at) => Math.max(0, ms - (before[at] ?? 0)));
  return row('processor time of the encoders, paused for 60 s', 'ms', sum(spent), { atMost: 0 });
}

/** Two films, both encoded and fetched as fast as they come: how much of what both got fell to the slower one. */
async function togetherRow(core: CoreClient): Promise<Row> {
  const until = performance.now() + TOGETHER_MS;
  const counts = await Promise.all(
    [0, 1].map(async () => {
      const session = await core.open(await film(FILM));
      let count = 0;
      for (let index = 0; performance.now() < until; index++) {
        await core.drain(`/sessions/${session}/hls/v0/${index}.m4s`);
        count += 1;
      }
      await core.close(session);
      return count;
    }),
  );
  const share = (100 * Math.min(...counts)) / sum(counts);
  return row('two full encodes at once: the slower one’s share', '%', share, { atLeast: 40 });
}

function row(name: string, unit: Row['unit'], ours: number, goal: Row['goal']): Row {
  return { group: GROUP, name, unit, ours, baseline: null, goal, runs: 1 };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
