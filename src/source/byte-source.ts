import type { LookedFor, Surroundings } from './surroundings.ts';

/** What is known of a source once its first answer is there. */
export interface SourceInfo {
  /** Bytes in all. */
  sizeBytes: number;
  /** The file's name as a person would call it (last path segment, or Content-Disposition). */
  name: string;
  /** The type the origin names, lower case without parameters; null when it names none. */
  contentType: string | null;
}

/** Counters of one source, for `/stats`, tests and the benchmark. All in bytes and requests since it was opened. */
export interface SourceStats {
  requests: number;
  fetchedBytes: number;
  cachedBytes: number;
  /** Bytes handed to readers; more than `fetchedBytes` where the cache helped. */
  servedBytes: number;
  retries: number;
  /**
   * Where the origin sends nothing but the whole file: how much of it is here, 0 … 1, so how far whoever needs its end has waited. Absent
   * otherwise, and while the size is unknown.
   */
  spoolProgress?: number;
}

/**
 * Random access to a source's bytes. Everything that reads a film (probe, index, remux, direct play, later ffmpeg) reads
 * through one of these, so that no byte is fetched twice. Offsets are absolute, ranges half-open `[start, end)`.
 *
 * Every method rejects with a `RaffiError` (`source_*`, `cache_full`) or, when its signal fires, with the signal's reason.
 */
export interface ByteSource {
  /** Connects on first call, cached after; single flight. The size may need the whole body when the origin does not tell it. */
  open(signal?: AbortSignal): Promise<SourceInfo>;
  /** Exactly the bytes of `[start, end)`, cut at the end of the file (so possibly fewer, or none). */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** The same bytes in order, in pieces as they arrive; ends at `end` or at the end of the file. Pull-based: no reader, no fetching beyond the read-ahead bound. */
  stream(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Takes back a piece of `stream` that its reader will not look at again, so that the next needs no memory of its own. Nobody has to: what is
   * not given back is garbage as any other.
   */
  reuse?(piece: Uint8Array): void;
  /**
   * A hint that `[start, end)` is wanted soon: fetched where it is not cached, at lower priority than readers, in requests so short
   * that one under way may finish when a new hint supersedes the last. Never rejects.
   */
  prefetch(start: number, end: number): void;
  /** Keep these bytes whatever the cache's budget says (head, tail, index). */
  pin(start: number, end: number): void;
  /** What lies around the film, where that can be known; fetches none of it. Rejects only when the film cannot be opened. */
  surroundings?(lookedFor: LookedFor, signal: AbortSignal): Promise<Surroundings>;
  stats(): SourceStats;
  /** Frees sockets, files and cached bytes. Idempotent. Reads under way reject with `aborted`. */
  close(): Promise<void>;
}
