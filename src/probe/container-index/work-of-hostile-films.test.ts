import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RaffiError } from '../../errors.ts';
import { readContainerIndex } from './container-index.ts';
import { memorySource } from './testing/sparse-source.ts';

const run = promisify(execFile);
/** What hostile counts and sizes look like, besides any other. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
/** The index of a film of these sizes takes a few reads; a walk of 16 KiB windows some dozens. */
const MAX_READS = 2000;
/** Bytes read, in films: an honest walk comes to one. */
const MAX_FILMS_READ = 12;

const FILMS: Record<string, string[]> = {
  'cues.mkv': [],
  'cues-in-front.mkv': ['-reserve_index_space', '5000'],
  'live.mkv': ['-live', '1'],
  'moov-in-front.mp4': ['-movflags', 'faststart'],
  'mfra.mp4': ['-movflags', 'frag_keyframe+empty_moov'],
  'sidx.mp4': ['-movflags', 'dash+global_sidx+frag_keyframe+empty_moov'],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raffi-work-'));
  const inputs = ['-f', 'lavfi', '-i', 'testsrc2=s=64x36:r=24:d=6', '-f', 'lavfi', '-i', 'sine=d=6:r=48000'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '24', '-c:a', 'aac'];
  const outputs = Object.entries(FILMS).flatMap(([name, options]) => [
    ...['-map', '0', '-map', '1', ...codecs, ...options],
    path.join(folder, name),
  ]);
  await run('ffmpeg', ['-v', 'error', ...inputs, ...outputs]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A number written somewhere in the film's head, where its structures are. */
const change = fc.record({
  at: fc.nat(4095),
  bytes: fc.constantFrom(1, 2, 4),
  value: fc.oneof(fc.constantFrom(...EXTREMES), fc.nat(0xffff_ffff)),
});

it.each(Object.keys(FILMS))('%s with any head costs little to refuse or to read', async (name) => {
  const film = await readFile(path.join(folder, name));
  const property = fc.asyncProperty(
    fc.array(change, { minLength: 1, maxLength: 8 }),
    fc.boolean(),
    async (changes, cheapReads) => {
      const bytes = Buffer.from(film);
      for (const { at, bytes: length, value } of changes) {
        bytes.writeUIntBE(value % 2 ** (8 * length), at, length);
      }
      const work = { reads: 0, bytes: 0 };
      const outcome = await readContainerIndex(counted(bytes, work), undefined, { cheapReads }).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(RaffiError);
      expect(work.reads).toBeLessThan(MAX_READS);
      expect(work.bytes).toBeLessThan(MAX_FILMS_READ * film.length);
    },
  );
  // Always the same films: what fails once fails for everybody.
  await fc.assert(property, { numRuns: 150, seed: 20_250_101 });
});

/** The film, with each read counted, again and again for the same bytes. */
function counted(bytes: Uint8Array, work: { reads: number; bytes: number }) {
  const source = memorySource(bytes);
  return {
    ...source,
    async read(start: number, end: number, signal?: AbortSignal) {
      const read = await source.read(start, end, signal);
      work.reads++;
      work.bytes += read.length;
      return read;
    },
  };
}
