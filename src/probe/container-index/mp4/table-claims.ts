import { damaged } from '../failures.ts';
import { MAX_TRACKS } from '../main-track.ts';
import { WorkBudget } from '../work-budget.ts';
import { FullBox } from './boxes.ts';
import { anyBoxes, CONTAINERS } from './lax-boxes.ts';

/** Samples of all tracks together that a reader may have to lay out one by one: a day of video at 120 frames per second has 10 million. */
const MAX_LAID_OUT = 20_000_000;
/** With samples of one size no byte backs their number. Video is like that only when it is uncompressed. */
const MAX_UNLISTED = 1_000_000;
/** To find a sample in its chunk, mediabunny adds up the sizes of those before it. */
const MAX_CHUNK_SAMPLES = 2_000_000;
/** Boxes and entries looked at here: the offsets of twice as many samples. */
const MAX_STEPS = 2 * MAX_LAID_OUT;
/** A box is dearer than an entry of four or eight bytes. */
const BOX_STEPS = 100;

/** Bytes per entry of the tables that are a count and entries (§8.6, §8.7). */
const ENTRY_BYTES: Readonly<Record<string, number>> = {
  stts: 8,
  ctts: 8,
  stsc: 12,
  stss: 4,
  stco: 4,
  co64: 8,
};
const SIZES = ['stsz', 'stz2'];
/** All that mediabunny needs to take in samples of a fragment. */
const FRAGMENT_NAMES = ['moof', 'traf', 'tfhd', 'trun'];

/**
 * Throws `media_damaged` for a `moov` whose sample tables claim more than their bytes list, or would make a reader lay out absurdly many
 * samples. Tables are looked for by name, in any place: mediabunny finds them in places where we would not look.
 *
 * @param moov the whole box
 */
export function assertSampleTables(moov: Uint8Array): void {
  const buffer = Buffer.from(moov.buffer, moov.byteOffset, moov.byteLength);
  if (FRAGMENT_NAMES.every((name) => buffer.includes(name, 0, 'latin1'))) {
    throw damaged('The index of the MP4 file (moov) holds fragments.');
  }
  if ([...placesOf(buffer, 'trak')].length > MAX_TRACKS) {
    throw damaged('The MP4 file claims absurdly many tracks.');
  }
  const work = {
    steps: new WorkBudget(MAX_STEPS, 'The MP4 file has absurdly many sample tables.'),
    samples: new WorkBudget(MAX_LAID_OUT, 'The MP4 file lists more samples than a film can have.'),
  };
  for (const at of placesOf(buffer, 'stbl')) {
    work.steps.spend(BOX_STEPS);
    const [table] = anyBoxes(moov, at, moov.length);
    if (table) assertSampleTable(moov, table, work);
  }
}

/** Where boxes of that name may begin. */
function* placesOf(buffer: Buffer, name: string): Generator<number> {
  for (let at = buffer.indexOf(name, 4); at >= 0; at = buffer.indexOf(name, at + 1)) yield at - 4;
}

interface Work {
  steps: WorkBudget;
  samples: WorkBudget;
}

function assertSampleTable(bytes: Uint8Array, stbl: { dataStart: number; end: number }, work: Work): void {
  const tables = new Map<string, FullBox>();
  for (const box of anyBoxes(bytes, stbl.dataStart, stbl.end)) {
    work.steps.spend(BOX_STEPS);
    if (box.type !== 'stsd' && CONTAINERS.has(box.type)) {
      throw damaged('A sample table of the MP4 file holds what belongs elsewhere.');
    }
    if (!(box.type in ENTRY_BYTES) && !SIZES.includes(box.type)) continue;
    if (tables.has(box.type)) throw damaged('The MP4 file lists the samples of a track twice.');
    tables.set(box.type, new FullBox(bytes, box));
  }
  for (const [type, table] of tables) {
    const entryBytes = ENTRY_BYTES[type];
    if (entryBytes && table.u32(4) * entryBytes > table.size - 8) {
      throw damaged(`A table of the MP4 file (${type}) claims more entries than it has.`);
    }
  }
  const listed = listedSizes(tables.get('stsz'), tables.get('stz2'));
  assertTimes(tables.get('stts'), tables.get('ctts'), listed, work);
  assertChunks(tables.get('stsc'), listed, work);
}

/** How many sizes a track lists; null when all its samples have one size. */
function listedSizes(stsz: FullBox | undefined, stz2: FullBox | undefined): number | null {
  if (stz2 && ![4, 8, 16].includes(stz2.u8(7))) {
    throw damaged('A table of the MP4 file (stz2) has sizes of no known length.');
  }
  const fixed = stsz?.u32(4) ?? 0;
  if (fixed > 0) return null;
  let listed = 0;
  for (const [table, bits] of [[stsz, 32] as const, [stz2, stz2?.u8(7) ?? 0] as const]) {
    if (!table) continue;
    const count = table.u32(8);
    if (count * bits > (table.size - 12) * 8) {
      throw damaged('A table of the MP4 file claims more sizes than it has.');
    }
    listed += count;
  }
  return listed;
}

/** Where there are composition offsets, every sample's time is laid out in order to sort them. */
function assertTimes(
  stts: FullBox | undefined,
  ctts: FullBox | undefined,
  listed: number | null,
  work: Work,
): void {
  if (!stts || !ctts) return;
  work.steps.spend(stts.u32(4) + ctts.u32(4));
  const samples = Math.max(runLengths(stts), runLengths(ctts));
  if (samples > Math.max(listed ?? 0, MAX_UNLISTED)) {
    throw damaged('The MP4 file times more frames than it has.');
  }
  work.samples.spend(samples);
}

function runLengths(table: FullBox): number {
  let sum = 0;
  const entries = table.u32(4);
  for (let i = 0; i < entries; i++) sum += table.u32(8 + i * 8);
  return sum;
}

/** PCM is taken chunk by chunk, from one entry's first chunk to the next one's. */
function assertChunks(stsc: FullBox | undefined, listed: number | null, work: Work): void {
  if (!stsc) return;
  const entries = stsc.u32(4);
  work.steps.spend(entries);
  for (let i = 0; i < entries; i++) {
    const at = 8 + i * 12;
    if (i + 1 < entries) work.samples.spend(Math.max(0, stsc.u32(at + 12) - stsc.u32(at)));
    if (listed !== null && stsc.u32(at + 4) > MAX_CHUNK_SAMPLES) {
      throw damaged('A chunk of the MP4 file claims absurdly many samples.');
    }
  }
}
