import { ByteLru } from '../../byte-lru.ts';
import { Deferred } from '../../deferred.ts';
import { RaffiError, toRaffiError } from '../../errors.ts';
import type { Packet } from '../../remux/packet.ts';
import type { EncodedHeader } from './fragment-parser.ts';
import { Pace } from './pace.ts';
import { schedule } from './schedule.ts';
import { SegmentCollector } from './segment-collector.ts';
import type { EncoderReport, EncoderSlots, SlotHolder } from './slots.ts';
import { Waiters } from './waiters.ts';

/** Segments of all encoded tracks of a core, under one budget. */
export type EncodedStore = ByteLru<readonly Packet[]>;

export function createEncodedStore(budgetBytes: number): EncodedStore {
  return new ByteLru((packets) => packets.reduce((sum, { data }) => sum + data.length, 0), budgetBytes);
}

export interface EncodedTrackOptions {
  /** Prefix of this track's keys in the store. */
  id: string;
  store: EncodedStore;
  /** Shared by all tracks of its kind. */
  slots: EncoderSlots;
  /** Tracks of which a viewer sees one at a time; see `SlotHolder`. Absent: it stands alone. */
  family?: string | undefined;
  /** Film time at which each segment begins, and after the last the film's end; seconds. */
  cuts: readonly number[];
  /** Times that differ by less are one: half a frame of video, next to nothing for sound. Seconds. */
  toleranceSeconds: number;
  /** A packet at a cut begins a segment only if it is a keyframe. */
  needsKeyframes: boolean;
  /** How far a run may be ahead of what was asked for last, seconds. */
  aheadSeconds: number;
  /** Where the viewer is, as far as others know: what the header is made at, should it be asked for before any segment. */
  firstSegment: () => number;
  /**
   * Starts an encoder at a segment. Its packets may begin earlier; what lies before the segment is dropped.
   *
   * @param last the last segment it makes
   */
  startRun: (first: number, onHeader: (header: EncodedHeader) => void, signal: AbortSignal) => EncoderRun;
  /** Milliseconds of a monotonic clock. */
  now: () => number;
}

export interface EncoderRun {
  packets: AsyncIterable<Packet>;
  /** The last segment this run makes. */
  last: number;
}

/** Starts at one place without a whole segment in between, before the film counts as not convertible there. */
const MAX_ATTEMPTS = 3;
/** So long after that the same failure is the answer. */
const FAILURE_COOLDOWN_MS = 20_000;
/** A run nobody asked anything of for so long is ended: its player is paused or gone. What it made is kept. */
const IDLE_MS = 60_000;
/** A run whose next segments exist already is of no use; one is let pass, for the joint. */
const KNOWN_AHEAD = 2;

/** What a track that gave up its encoder leaves to the others. */
const YIELD_MS = 1000;

interface ActiveRun {
  controller: AbortController;
  collector: SegmentCollector;
  last: number;
}

/**
 * One track of a film, encoded on demand: segment n → packets. Owns at most one encoder run, and decides by `schedule` when it is
 * waited for and when it is started elsewhere. What runs have made is kept in the store and never made again while it is there.
 */
export class EncodedTrack implements SlotHolder {
  readonly #options: EncodedTrackOptions;
  readonly #waiters: Waiters<readonly Packet[]>;
  #header = new Deferred<EncodedHeader>();
  readonly #pace: Pace;
  #run: ActiveRun | undefined;
  /** The segment asked for last; the run goes on ahead of it. Null before the first. */
  #asked: number | null = null;
  #wakeRun: (() => void) | undefined;
  #attempts = { segment: -1, count: 0 };
  #failure: { error: RaffiError; at: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #askedAt = 0;
  #hasHeader = false;
  #closed = false;

  constructor(options: EncodedTrackOptions) {
    this.#options = options;
    this.#pace = new Pace(options.now);
    this.#waiters = new Waiters(options.now);
  }

  get askedAt(): number {
    return this.#askedAt;
  }

  get family(): string | undefined {
    return this.#options.family;
  }

  get report(): EncoderReport | undefined {
    if (!this.#run) return undefined;
    const { id, cuts } = this.#options;
    const { segment } = this.#run.collector;
    const { measuredMs } = this.#pace;
    const seconds = (cuts[segment] ?? 0) - (cuts[segment - 1] ?? 0);
    return { id, segment, speed: measuredMs && seconds > 0 ? (seconds * 1000) / measuredMs : null };
  }

  get isAwaited(): boolean {
    return this.#waiters.next() !== undefined;
  }

  /** Whoever still waits is served when its turn comes again: not at once, or two would take each other's place for ever. */
  yieldSlot(): void {
    this.#stop();
    if (this.isAwaited) this.#timer = setTimeout(() => this.#reconsider(), YIELD_MS).unref();
  }

  /** How many encoders were started so far. */
  get starts(): number {
    return this.#pace.starts;
  }

  /** All packets of a segment, in decode order; none where the track has ended. @throws what `encode` throws, or the signal's reason. */
  packets(segment: number, signal?: AbortSignal): Promise<readonly Packet[]> {
    signal?.throwIfAborted();
    if (this.#closed) return Promise.reject(closed());
    this.#note(segment);
    const known = this.#options.store.get(this.#key(segment));
    const failure = this.#recentFailure();
    if (!known && failure) return Promise.reject(failure);
    const result = known
      ? Promise.resolve(known)
      : this.#waiters.wait(segment, signal, () => this.#reconsider());
    this.#reconsider();
    return result;
  }

  /** What the encoder says of its output. Starts it where playing will start, if it never ran. @throws like `packets` */
  async header(signal?: AbortSignal): Promise<EncodedHeader> {
    if (this.#hasHeader) return this.#header.promise;
    const told = new AbortController();
    const leave = signal ? AbortSignal.any([signal, told.signal]) : told.signal;
    try {
      // It is told before the segment is whole; where no segment can be made, that says why.
      const whole = this.packets(this.#asked ?? this.#options.firstSegment(), leave).then(
        () => this.#header.promise,
      );
      return await Promise.race([this.#header.promise, whole]);
    } finally {
      told.abort();
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#idle);
    this.#stop();
    this.#waiters.rejectAll(closed());
    this.#options.store.deletePrefix(`${this.#options.id}/`);
  }

  #note(segment: number): void {
    const isNext = this.#asked === null || segment === this.#asked || segment === this.#asked + 1;
    if (!isNext) this.#pace.leapt();
    this.#asked = segment;
    this.#askedAt = this.#options.now();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#stop(), IDLE_MS).unref();
    this.#wakeRun?.();
  }

  /** Looks anew at what is wanted and what runs, and acts on it. */
  #reconsider(): void {
    clearTimeout(this.#timer);
    const wanted = this.#wanted();
    if (this.#closed || wanted === null) return;
    const { isAwaited } = this;
    const run = this.#run && { next: this.#run.collector.segment, last: this.#run.last };
    const verdict = schedule({ wanted, isAwaited, run: run ?? null, ...this.#pace.scene() });
    if (verdict.action === 'start') this.#start(wanted);
    else if (verdict.action === 'hold')
      this.#timer = setTimeout(() => this.#reconsider(), verdict.ms).unref();
  }

  /** What somebody waits for, the latest wish first; else the first hole ahead of the player, before it gets there. */
  #wanted(): number | null {
    const waiting = this.#waiters.next();
    if (waiting !== undefined) return waiting;
    if (this.#recentFailure()) return null;
    const { cuts, store } = this.#options;
    const asked = this.#asked ?? 0;
    const end = (cuts[asked] ?? 0) + this.#options.aheadSeconds / 2;
    for (let segment = asked; segment < cuts.length - 1 && (cuts[segment] ?? 0) < end; segment++) {
      if (!store.has(this.#key(segment))) return segment;
    }
    return null;
  }

  #start(segment: number): void {
    this.#stop();
    if (this.#attempts.segment !== segment) this.#attempts = { segment, count: 0 };
    this.#attempts.count += 1;
    this.#pace.started();
    const controller = new AbortController();
    const { startRun, cuts, toleranceSeconds, needsKeyframes } = this.#options;
    const onHeader = (header: EncodedHeader) => {
      this.#hasHeader = true;
      this.#header.resolve(header);
    };
    const { packets, last } = startRun(segment, onHeader, controller.signal);
    const collector = new SegmentCollector({ cuts, first: segment, toleranceSeconds, needsKeyframes });
    const run = { controller, collector, last };
    this.#run = run;
    this.#options.slots.take(this);
    this.#pump(run, packets).then(
      () => this.#ended(run, undefined),
      (error: unknown) => this.#ended(run, error),
    );
  }

  async #pump(run: ActiveRun, packets: AsyncIterable<Packet>): Promise<void> {
    for await (const packet of packets) {
      if (run !== this.#run) return;
      for (const { segment, packets: whole } of run.collector.push(packet)) this.#keep(segment, whole);
      if (run.collector.segment > run.last) return;
      while (run === this.#run && this.#isFarAhead(run)) {
        if (this.#isKnownAhead(run)) return;
        this.#pace.paused();
        await new Promise<void>((resolve) => {
          this.#wakeRun = resolve;
        });
        this.#pace.resumed();
      }
    }
    if (run !== this.#run) return;
    for (const { segment, packets: rest } of run.collector.end(run.last)) this.#keep(segment, rest);
  }

  #keep(segment: number, packets: readonly Packet[]): void {
    this.#attempts.count = 0;
    this.#pace.made();
    this.#options.store.set(this.#key(segment), packets);
    this.#waiters.resolve(segment, packets);
    if (this.isAwaited) this.#reconsider();
    else this.#options.slots.served(this);
  }

  #isFarAhead({ collector }: ActiveRun): boolean {
    const { cuts, aheadSeconds } = this.#options;
    return (cuts[collector.segment] ?? 0) - (cuts[this.#asked ?? 0] ?? 0) > aheadSeconds;
  }

  #isKnownAhead({ collector }: ActiveRun): boolean {
    const { store } = this.#options;
    for (let k = 0; k < KNOWN_AHEAD; k++) if (!store.has(this.#key(collector.segment + k))) return false;
    return true;
  }

  #ended(run: ActiveRun, thrown: unknown): void {
    if (run !== this.#run) return;
    this.#run = undefined;
    this.#options.slots.free(this);
    if (thrown !== undefined && this.#attempts.count >= MAX_ATTEMPTS) {
      const error = toRaffiError(thrown);
      this.#failure = { error, at: this.#options.now() };
      this.#waiters.rejectAll(error);
      return;
    }
    this.#reconsider();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    const run = this.#run;
    this.#run = undefined;
    this.#options.slots.free(this);
    run?.controller.abort(closed());
    this.#wakeRun?.();
  }

  #recentFailure(): RaffiError | undefined {
    if (this.#failure && this.#options.now() - this.#failure.at > FAILURE_COOLDOWN_MS) {
      this.#failure = undefined;
      this.#attempts.count = 0;
    }
    return this.#failure?.error;
  }

  #key(segment: number): string {
    return `${this.#options.id}/${segment}`;
  }
}

function closed(): RaffiError {
  return new RaffiError('aborted', 'The encoder was stopped.');
}
