import { expect, it } from 'vitest';
import { readContainerIndex } from '../container-index.ts';
import { ID } from '../ebml.ts';
import { cluster, concat, element, header, info, opening, tracks } from '../testing/matroska-writer.ts';
import { memorySource } from '../testing/sparse-source.ts';

const CLUSTERS = Array.from({ length: 5 }, (_, i) => cluster(i * 2000, [{ track: 1, time: 0, isKey: true }]));
const damaged = expect.objectContaining({ code: 'media_damaged' });

/** A film without an index, of which every byte read is counted, again and again. */
async function walk(...parts: Uint8Array[]) {
  const film = memorySource(concat(opening(), info(10_000), tracks(), ...parts));
  const { sizeBytes } = await film.open();
  let bytesRead = 0;
  const source = {
    ...film,
    async read(start: number, end: number, signal?: AbortSignal) {
      const bytes = await film.read(start, end, signal);
      bytesRead += bytes.length;
      return bytes;
    },
  };
  const index = await readContainerIndex(source, undefined, { cheapReads: true }).catch((error) => error);
  return { index, bytesRead, sizeBytes };
}

it('garbage is read once, however many clusters it pretends to hold', async () => {
  const broken = concat(header(ID.Cluster, 100), [0, 0]);
  const garbage = new Array<Uint8Array>(20_000).fill(broken);
  const { index, bytesRead, sizeBytes } = await walk(...garbage, ...CLUSTERS);
  expect(index.keyframes).toHaveLength(5);
  expect(bytesRead).toBeLessThan(2 * sizeBytes);
});

it('elements that claim to reach far ahead are not followed for ever', async () => {
  // An unknown element, which counts only if a known one follows.
  const far = concat(header(ID.Cluster, null), header(0x4fff, 300_000));
  const { index, bytesRead, sizeBytes } = await walk(
    ...CLUSTERS,
    ...new Array<Uint8Array>(20_000).fill(far),
    new Uint8Array(400_000),
  );
  expect(index).toEqual(damaged);
  expect(bytesRead).toBeLessThan(4 * sizeBytes);
});

it('a thousand tracks are enough', async () => {
  const entries = Array.from({ length: 1001 }, () => element(ID.TrackEntry, element(ID.TrackNumber, [1])));
  const film = memorySource(concat(opening(), info(10_000), element(ID.Tracks, ...entries), ...CLUSTERS));
  await expect(readContainerIndex(film)).rejects.toEqual(damaged);
});
