/**
 * When an encoder run is waited for and when it is started over. Pure: all times are handed in, in milliseconds of one monotonic clock.
 */
export interface Scene {
  /** The segment that is wanted next and does not exist. */
  wanted: number;
  /** Somebody waits for it; else it is a hole ahead of the player. */
  isAwaited: boolean;
  /** The run under way; null when there is none. */
  run: {
    /** The segment it is making now. */
    next: number;
    /** The last segment it will make. */
    last: number;
    /** Somebody is being handed the segment that it is making. */
    isRead: boolean;
  } | null;
  /** Until when the encoder's place is left to others. */
  yieldedUntil: number;
  /** What one segment takes this run to make, and what a new one takes to make its first. */
  segmentMs: number;
  startMs: number;
  /** When a run was last started; null before the first. */
  startedAt: number | null;
  /** When the wish last leapt to another place (a seek), and when it had leapt before that; null when it never did. */
  leaptAt: number | null;
  leaptBeforeAt: number | null;
  now: number;
}

export type Verdict =
  /** The run under way will get there soonest, or must not be stopped now. */
  | { action: 'wait' }
  | { action: 'start' }
  /** Seeks follow each other: ask again in so many milliseconds, when they may have come to rest. */
  | { action: 'hold'; ms: number };

/**
 * Two leaps closer than this belong to one storm: somebody drags the seek bar, or presses a key again and again. And so long after the last leap
 * of a storm its target counts as meant. Were that sooner, a storm whose leaps lie between the two times would cost a start for each of them.
 */
const STORM_MS = 450;
/** The same where nobody waits: in a storm, seeks into what a player has buffered ask for nothing, and look like rest. */
const UNAWAITED_REST_MS = 1000;

/**
 * The first seek is followed at once, a storm of them only when it comes to rest: however many there are, they cost two starts.
 */
export function schedule(scene: Scene): Verdict {
  // Who reads a segment in the making has it first: who has seeked away has left, and who waits in vain leaves in the end.
  if (scene.run && (scene.run.isRead || isNear(scene, scene.run))) return { action: 'wait' };
  const { leaptAt, leaptBeforeAt, startedAt, now } = scene;
  if (scene.yieldedUntil > now) return { action: 'hold', ms: scene.yieldedUntil - now };
  if (leaptAt === null || startedAt === null) return { action: 'start' };
  const isStorm =
    leaptAt - startedAt < STORM_MS || (leaptBeforeAt !== null && leaptAt - leaptBeforeAt < STORM_MS);
  const restsIn = leaptAt + (scene.isAwaited ? STORM_MS : UNAWAITED_REST_MS) - now;
  return (isStorm || !scene.isAwaited) && restsIn > 0 ? { action: 'hold', ms: restsIn } : { action: 'start' };
}

/** Whether waiting is no slower than starting over; a start throws away what runs, so it must win clearly. */
function isNear({ wanted, segmentMs, startMs }: Scene, run: { next: number; last: number }): boolean {
  if (wanted < run.next || wanted > run.last) return false;
  return (wanted - run.next) * segmentMs <= startMs;
}
