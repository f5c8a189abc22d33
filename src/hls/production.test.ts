import { describe, expect, it } from 'vitest';
import { interrupted } from '../ffmpeg/encode/interrupted.ts';
import type { ByteParts } from '../remux/byte-parts.ts';
import { Production } from './production.ts';

const piece = (byte: number): ByteParts => [Uint8Array.of(byte)];

function productionOf(build: () => AsyncIterable<ByteParts>) {
  const told: string[] = [];
  const production = new Production({
    build,
    onWhole: () => told.push('whole'),
    onOver: () => told.push('over'),
  });
  return { production, told };
}

describe('Production', () => {
  it('is whole once all of it is made', async () => {
    const { production, told } = productionOf(async function* () {
      yield piece(1);
      yield piece(2);
    });
    const pieces = production.read();
    await pieces.next();
    expect((await pieces.next()).value).toEqual(piece(2));
    expect((await pieces.next()).done).toBe(true);
    expect(production.whole).toEqual([...piece(1), ...piece(2)]);
    expect(told).toEqual(['whole', 'over']);
  });

  it('is never whole when it fails behind a piece, however late one looks', async () => {
    const failure = interrupted(undefined);
    const { production, told } = productionOf(async function* () {
      yield piece(1);
      throw failure;
    });
    const pieces = production.read();
    expect((await pieces.next()).value).toEqual(piece(1));
    await expect(pieces.next()).rejects.toBe(failure);
    expect(production.whole).toBeNull();
    expect(told).toEqual(['over']);
  });

  it('begins anew, unseen, where an encoder was interrupted before the first piece', async () => {
    let tries = 0;
    const { production } = productionOf(async function* () {
      tries += 1;
      if (tries === 1) throw interrupted(undefined);
      yield piece(tries);
    });
    expect((await production.read().next()).value).toEqual(piece(2));
  });
});
