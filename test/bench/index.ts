import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ffmpegVersion } from '../lab/tools.ts';
import { floodRows } from './cast-flood.ts';
import { castRows } from './casting.ts';
import { chartOf } from './chart.ts';
import { CoreClient } from './core-client.ts';
import { encodedRows, encodingMemoryRow } from './encoded.ts';
import { encoderLoadRows } from './encoder-load.ts';
import { indexRows } from './index-reads.ts';
import { longGopRows } from './long-gops.ts';
import { LOCAL, remotePlace } from './places.ts';
import { machineText, type Report, tableOf } from './report.ts';
import { directRow, memoryRow } from './resources.ts';
import type { Row } from './row.ts';
import { coldSeekRows, warmSeekRows } from './seeks.ts';
import { playlistRow, startRows } from './starts.ts';
import { torrentRows } from './torrents/rows.ts';
import { trafficRows } from './traffic.ts';

const ROOT = join(import.meta.dirname, '../..');
const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/**
 * `npm run bench [-- --runs N] [--only GROUP] [--write]`: measures, prints the table, writes JSON and chart; `--write` puts both into the README.
 * `--only` measures the groups with that word in their name, and keeps the last run's figures of the others.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);

const core = await CoreClient.start();
const remote = await remotePlace();
/** In the order of measuring: memory first, a figure of the core as it plays, not of what earlier rows left in its heap. */
const groups: Record<string, () => Promise<Row[]>> = {
  Resources: async () => [await memoryRow(core), await encodingMemoryRow(core), await directRow(core, runs)],
  Playlist: async () => [await playlistRow(core, runs)],
  Start: async () => [...(await startRows(core, LOCAL, runs)), ...(await startRows(core, remote, runs))],
  'Cold seek': async () => [
    ...(await coldSeekRows(core, LOCAL, runs)),
    ...(await coldSeekRows(core, remote, runs)),
  ],
  'Warm seek': () => warmSeekRows(core, remote, runs),
  'A keyframe a minute': () => longGopRows(core, remote, Math.min(runs, 5)),
  'Films that need an encoder': () => encodedRows(core, runs),
  'Encoders under load': () => encoderLoadRows(core),
  Casting: () => castRows(core, Math.min(runs, 7)),
  Index: () => indexRows(),
  Torrents: () => torrentRows(core, runs),
  Traffic: () => trafficRows(core),
  'A hostile neighbour': () => floodRows(core, runs),
};

const measured = new Map<string, Row[]>();
try {
  for (const [name, measure] of Object.entries(groups)) {
    if (!name.toLowerCase().includes(values.only.toLowerCase())) continue;
    const rows = await measure();
    measured.set(name, rows);
    for (const row of rows) console.error(`${row.group}, ${row.name}: ${row.ours.toFixed(1)} ${row.unit}`);
  }
} finally {
  await core.stop();
  await remote.close();
}
const before = values.only === '' ? [] : await lastRows();
const [resources = '', ...others] = Object.keys(groups);
const rows = [...others, resources].flatMap(
  (name) => measured.get(name) ?? before.filter(({ group }) => group.startsWith(name)),
);

const report: Report = {
  date: new Date().toISOString().slice(0, 10),
  machine: machineText(),
  node: process.versions.node,
  ffmpeg: /version (\S+)/.exec(await ffmpegVersion())?.[1] ?? '',
  rows,
};
const table = tableOf(report);
const folder = join(ROOT, '.cache/bench');
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
await writeFile(join(folder, 'chart.svg'), chartOf(report));
console.log(`\n${table}\n\nWritten: .cache/bench/results.json, .cache/bench/chart.svg`);
if (values.write) await writeIntoReadme();

async function lastRows(): Promise<Row[]> {
  const text = await readFile(join(ROOT, '.cache/bench/results.json'), 'utf8').catch(() => null);
  return text === null ? [] : (JSON.parse(text) as Report).rows;
}

async function writeIntoReadme(): Promise<void> {
  const path = join(ROOT, 'README.md');
  const readme = await readFile(path, 'utf8');
  const [before, rest = ''] = readme.split(BEGIN);
  const after = rest.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('README.md has lost its bench marks.');
  await writeFile(join(ROOT, 'test/bench/chart.svg'), chartOf(report));
  await writeFile(
    path,
    `${before}${BEGIN}\n${table}\n\n![The same as bars](test/bench/chart.svg)\n${END}${after}`,
  );
}
