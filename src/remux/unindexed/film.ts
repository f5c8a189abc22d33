import type { ContainerIndex } from '../../plan/types.ts';
import type { PacketReader } from '../packet.ts';
import type { AccessPointSearch } from './access-point-search.ts';

/** A film whose container lists no keyframes, and whose picture can be copied all the same. */
export interface UnindexedFilm {
  /** `unindexed`: its keyframes are places whose times are known, no more. */
  index: ContainerIndex;
  reader: PacketReader;
  search: AccessPointSearch;
  /** The longest group of pictures seen, seconds. */
  groupSeconds: number;
  /** The shortest frame, seconds. */
  frameSeconds: number;
}

/** Why it cannot, as a sentence for a person. */
export interface NotCopyable {
  obstacle: string;
}
