import { ByteLru } from '../../byte-lru.ts';
import type { Packet } from '../../remux/packet.ts';

/** Segments of all encoded tracks of a core, under one budget. */
export type EncodedStore = ByteLru<readonly Packet[]>;

export function createEncodedStore(budgetBytes: number): EncodedStore {
  return new ByteLru((packets) => packets.reduce((sum, { data }) => sum + data.length, 0), budgetBytes);
}
