import type { IndexedFile } from '../file.ts';
import { Window } from '../window.ts';
import { WorkBudget } from '../work-budget.ts';
import { ClusterWalker } from './cluster-walker.ts';
import type { SegmentHead, Track } from './segment-head.ts';

/** What the readers of one film's parts share. */
export interface Film {
  file: IndexedFile;
  head: SegmentHead;
  tracks: Track[];
  /** The one whose keyframes are the film's. */
  main: Track;
  secondsPerTick: number;
  frameTicks: ReadonlyMap<number, number>;
}

/** A walker over the film's clusters that reads little where reads are cheap and much where they are dear. */
export function walkerFrom(film: Film, start: number): ClusterWalker {
  const { source, cheapReads, signal, sizeBytes } = film.file;
  const windowBytes = cheapReads ? LOCAL_WINDOW_BYTES : REMOTE_WINDOW_BYTES;
  // Going forwards reads each byte once; what claims to reach far ahead makes for a look there and back.
  const bytesToRead = new WorkBudget(
    2 * sizeBytes + MIN_WINDOWS * windowBytes,
    'The Matroska file leads in circles.',
  );
  const window = new Window(source, windowBytes, signal, bytesToRead);
  return new ClusterWalker(window, start, Math.min(sizeBytes, film.head.segmentEnd));
}

/** Jumping over payloads on a disk: what a page or two costs. */
const LOCAL_WINDOW_BYTES = 16 * 1024;
const REMOTE_WINDOW_BYTES = 1024 * 1024;
/** A small file is less than its windows. */
const MIN_WINDOWS = 64;
