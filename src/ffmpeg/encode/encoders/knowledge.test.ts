import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { knowledgeKey, readKnowledge, writeKnowledge } from './knowledge.ts';

const KEY = knowledgeKey(['ffmpeg 7', 'processor']);
const KNOWN = {
  encoder: 'h264_nvenc',
  realTime: 12.5,
  refused: [{ encoder: 'h264_qsv', reason: 'No device.' }],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-knowledge-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('outlives the core', async () => {
  await writeKnowledge(folder, KEY, KNOWN);
  expect(await readKnowledge(folder, KEY)).toEqual(KNOWN);
  expect(await readdir(folder)).toHaveLength(1);
});

it('counts for its own machine, driver and ffmpeg alone', async () => {
  await writeKnowledge(folder, KEY, KNOWN);
  expect(await readKnowledge(folder, knowledgeKey(['ffmpeg 8', 'processor']))).toBeNull();
});

it.each([
  ['nothing', ''],
  ['no JSON', '{"key":'],
  ['another shape', JSON.stringify({ key: KEY, encoder: 'libx264' })],
  ['no speed', JSON.stringify({ key: KEY, ...KNOWN, realTime: 0 })],
  ['a number in place of a name', JSON.stringify({ key: KEY, ...KNOWN, encoder: 7 })],
])('a damaged file is no knowledge: %s', async (_, text) => {
  await writeFile(join(folder, 'encoders.json'), text);
  expect(await readKnowledge(folder, KEY)).toBeNull();
});

it('is not missed where nothing can be written', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(writeKnowledge(join(folder, 'file'), KEY, KNOWN)).resolves.toBeUndefined();
});
