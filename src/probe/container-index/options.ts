/** How dear a read is, which decides what is done about a film without an index. */
export interface IndexOptions {
  /** True for a local file: walking through its headers is then allowed at any size. */
  cheapReads?: boolean;
}

/** Up to here a film without an index is read whole, even over a network: 64 MiB take 5 s at 100 Mb/s. */
export const WALKABLE_BYTES = 64 * 1024 * 1024;

/** The first read of an index. Large enough for the head of most films and their first frame's header. */
export const HEAD_BYTES = 64 * 1024;
