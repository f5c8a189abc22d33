import { describe, expect, it } from 'vitest';
import { MemorySource } from '../../../test/support/memory-source.ts';
import { SampleSource } from './sample-source.ts';

const film = Uint8Array.from({ length: 64 * 1024 }, (_, at) => at % 251);

/** A source whose pieces wait until they are let through. */
function gated() {
  const memory = new MemorySource(film, { pieceBytes: 4096 });
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  memory.gate = () => gate;
  return { samples: new SampleSource(memory, film.length), letThrough: () => open() };
}

describe('SampleSource', () => {
  it('gives what is read to whoever else wants it when the window it came through is closed', async () => {
    const { samples, letThrough } = gated();
    const closeFirst = samples.open(0, 32_768);
    const closeSecond = samples.open(16_384, 49_152);
    const bytes = samples.read(20_000, 30_000);
    closeFirst();
    letThrough();
    expect(Buffer.compare(await bytes, film.subarray(20_000, 30_000))).toBe(0);
    closeSecond();
  });

  it('reads past the windows that are left rather than failing for their readers', async () => {
    const { samples, letThrough } = gated();
    const closeFirst = samples.open(0, 16_384);
    const closeSecond = samples.open(32_768, 49_152);
    const bytes = samples.read(100, 9_000);
    closeFirst();
    letThrough();
    expect(Buffer.compare(await bytes, film.subarray(100, 9_000))).toBe(0);
    closeSecond();
  });

  it('reads nothing more once all who read have left', async () => {
    const { samples, letThrough } = gated();
    const close = samples.open(0, 32_768);
    const bytes = samples.read(0, 30_000);
    close();
    letThrough();
    await expect(bytes).rejects.toMatchObject({ code: 'aborted' });
  });
});
