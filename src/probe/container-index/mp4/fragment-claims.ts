import { damaged } from '../failures.ts';
import { WorkBudget } from '../work-budget.ts';
import { FullBox } from './boxes.ts';
import { anyBoxes, CONTAINERS, type NamedBox } from './lax-boxes.ts';

/** Two seconds of PCM, whose samples have one size and one length each, so that a run lists none of them. */
const MAX_UNLISTED_SAMPLES = 100_000;
/** Three hours of film in a single fragment, with its sound. */
const MAX_FRAGMENT_SAMPLES = 2_000_000;

/** Bits of a `trun`'s flags: data offset, first sample's flags; and each sample's duration, size, flags, composition offset (§8.8.8). */
const RUN_HEADER_FIELDS = [0x1, 0x4] as const;
const SAMPLE_FIELDS = [0x100, 0x200, 0x400, 0x800] as const;

/**
 * Throws `media_damaged` for a `moof` whose runs claim more samples than their bytes list: 16 bytes can announce 2^32. To be called before
 * any reader goes through it, mediabunny's above all, which believes every count.
 */
export function assertFragment(bytes: Uint8Array, moof: { dataStart: number; end: number }): void {
  const unlisted = new WorkBudget(MAX_UNLISTED_SAMPLES, 'A fragment of the MP4 file claims absurd runs.');
  const all = new WorkBudget(MAX_FRAGMENT_SAMPLES, 'A fragment of the MP4 file lists absurdly many samples.');
  for (const box of fragmentParts(bytes, moof)) {
    if (CONTAINERS.has(box.type)) throw damaged('A fragment of the MP4 file holds what belongs elsewhere.');
    if (box.type !== 'trun') continue;
    const trun = new FullBox(bytes, box);
    const count = trun.u32(4);
    const sampleBytes = 4 * SAMPLE_FIELDS.filter((bit) => trun.flags & bit).length;
    const headBytes = 8 + 4 * RUN_HEADER_FIELDS.filter((bit) => trun.flags & bit).length;
    all.spend(count);
    if (sampleBytes === 0) unlisted.spend(count);
    else if (count * sampleBytes > trun.size - headBytes) {
      throw damaged('A run of the MP4 file claims more samples than it lists.');
    }
  }
}

/** What stands in a `moof` or in one of its `traf` boxes. */
function* fragmentParts(
  bytes: Uint8Array,
  moof: { dataStart: number; end: number },
): Generator<NamedBox, void, undefined> {
  for (const box of anyBoxes(bytes, moof.dataStart, moof.end)) {
    if (box.type === 'traf') yield* anyBoxes(bytes, box.dataStart, box.end);
    else yield box;
  }
}
