import { join } from 'node:path';
import { aria2Seed } from './aria2.ts';
import { contentName, layContent, poison, type SwarmContent } from './content.ts';
import { libtorrentSeed, type SeedFault } from './libtorrent.ts';
import type { Seed, SeedMake, SeedWish } from './seed.ts';
import { transmissionSeed } from './transmission.ts';

/** What a test says of a seed. */
export type SeedOptions = {
  /** Absent: without limit. */
  uploadBytesPerSecond?: number;
} & ({ make: Exclude<SeedMake, 'libtorrent'> } | LibtorrentOptions);

interface LibtorrentOptions {
  make: 'libtorrent';
  /** Pieces that it sends with a wrong byte; torrents of one file. */
  poisonedPieces?: readonly number[];
  /** Speaks no TCP. */
  utpOnly?: boolean;
  /** What goes wrong in the middle. */
  fault?: SeedFault;
}

/** What its swarm says of it. */
export interface SeedPlace extends Omit<SeedWish, 'uploadBytesPerSecond'> {
  content: SwarmContent;
  pieceLengthBytes: number;
}

/** Gives a seed its own copy of the content and starts it; it may still be checking when this returns. */
export async function startSeed(options: SeedOptions, place: SeedPlace): Promise<Seed> {
  const { content, pieceLengthBytes, ...rest } = place;
  const wish: SeedWish = { ...rest, uploadBytesPerSecond: options.uploadBytesPerSecond };
  if (options.make !== 'libtorrent') {
    await layContent(content, wish.folder);
    return options.make === 'transmission' ? transmissionSeed(wish) : aria2Seed(wish);
  }
  const { poisonedPieces = [], utpOnly, fault } = options;
  const isPoisoned = poisonedPieces.length > 0;
  await layContent(content, wish.folder, isPoisoned ? 'change' : 'read');
  if (isPoisoned) await poison(join(wish.folder, contentName(content)), poisonedPieces, pieceLengthBytes);
  return libtorrentSeed({ ...wish, unverified: isPoisoned, utpOnly, fault });
}
