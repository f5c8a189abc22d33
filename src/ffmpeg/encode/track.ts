import { Deferred } from '../../deferred.ts';
import { Growing } from '../../growing.ts';
import type { Packet } from '../../remux/packet.ts';
import { ActiveRun } from './active-run.ts';
import { Attempts } from './attempts.ts';
import type { EncodedHeader } from './fragment-parser.ts';
import { closed, interrupted } from './interrupted.ts';
import { Pace } from './pace.ts';
import { schedule } from './schedule.ts';
import type { CollectedSegment } from './segment-collector.ts';
import type { EncoderReport, SlotHolder } from './slots.ts';
import type { EncodedTrackOptions } from './track-options.ts';
import { Waiters } from './waiters.ts';

/** A run nobody asked anything of for so long is ended: its player is paused or gone. What it made is kept. */
const IDLE_MS = 60_000;
/** A run whose next segments exist already is of no use; one is let pass, for the joint. */
const KNOWN_AHEAD = 2;
/** What a track that gave up its encoder leaves to the others. */
const YIELD_MS = 1000;

/**
 * One track of a film, encoded on demand: segment n → packets. Owns at most one encoder run, and decides by `schedule` when it is
 * waited for and when it is started elsewhere. What runs have made is kept in the store and never made again while it is there.
 */
export class EncodedTrack implements SlotHolder {
  readonly #options: EncodedTrackOptions;
  readonly #waiters: Waiters<readonly Packet[] | Growing<Packet>>;
  #header = new Deferred<EncodedHeader>();
  readonly #pace: Pace;
  readonly #attempts: Attempts;
  #run: ActiveRun | undefined;
  /** The segment asked for last; the run goes on ahead of it. Null before the first. */
  #asked: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #askedAt = 0;
  #yieldedUntil = 0;
  #hasHeader = false;
  #closed = false;

  constructor(options: EncodedTrackOptions) {
    this.#options = options;
    this.#pace = new Pace(options.now);
    this.#attempts = new Attempts(options.now);
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
    const { segment } = this.#run;
    const { measuredMs } = this.#pace;
    const seconds = (cuts[segment] ?? 0) - (cuts[segment - 1] ?? 0);
    return { id, segment, speed: measuredMs && seconds > 0 ? (seconds * 1000) / measuredMs : null };
  }

  get isAwaited(): boolean {
    return this.#hasWaiters || this.#run?.isRead === true;
  }

  /** Whoever still waits is served when its turn comes again: not at once, or two would take each other's place for ever. */
  yieldSlot(): void {
    this.#yieldedUntil = this.#options.now() + YIELD_MS;
    this.#stop();
    if (this.#hasWaiters) this.#reconsider();
  }

  /** How many encoders were started so far. */
  get starts(): number {
    return this.#pace.starts;
  }

  /**
   * The packets of a segment in decode order, as they are made; none where the track has ended. Throws what `encode` throws, the signal's reason, or,
   * when its encoder ends in mid-segment, what `isInterrupted` knows: another one will make other packets.
   */
  async *packets(segment: number, signal?: AbortSignal): AsyncGenerator<Packet, void, void> {
    const packets = await this.#begun(segment, signal);
    yield* packets instanceof Growing ? packets.read(signal) : packets;
  }

  /** What the encoder says of its output. Starts it where playing will start, if it never ran. @throws like `packets` */
  async header(signal?: AbortSignal): Promise<EncodedHeader> {
    if (this.#hasHeader) return this.#header.promise;
    const told = new AbortController();
    const leave = signal ? AbortSignal.any([signal, told.signal]) : told.signal;
    try {
      // It is told before the first packet; where no segment can be made, that says why.
      const begun = this.#begun(this.#asked ?? this.#options.firstSegment(), leave).then(
        () => this.#header.promise,
      );
      return await Promise.race([this.#header.promise, begun]);
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

  get #hasWaiters(): boolean {
    return this.#waiters.next() !== undefined;
  }

  /** The packets of a segment once there is one: all of them, or those of the run that has begun it. */
  async #begun(segment: number, signal?: AbortSignal): Promise<readonly Packet[] | Growing<Packet>> {
    signal?.throwIfAborted();
    if (this.#closed) throw closed();
    this.#note(segment);
    const known = this.#options.store.get(this.#key(segment)) ?? this.#inTheMaking(segment);
    const failure = this.#attempts.recentFailure();
    if (!known && failure) throw failure;
    const result = known ?? this.#waiters.wait(segment, signal, () => this.#reconsider());
    this.#reconsider();
    return result;
  }

  #inTheMaking(segment: number): Growing<Packet> | undefined {
    const run = this.#run;
    return run?.segment === segment && run.packets.items.length > 0 ? run.packets : undefined;
  }

  /** The last reader has left a segment in the making. */
  #left(): void {
    const run = this.#run;
    if (!this.isAwaited) this.#options.slots.served(this);
    if (run === this.#run) this.#reconsider();
  }

  #note(segment: number): void {
    const isNext = this.#asked === null || segment === this.#asked || segment === this.#asked + 1;
    if (!isNext) this.#pace.leapt();
    this.#asked = segment;
    this.#askedAt = this.#options.now();
    this.#restWhenIdle();
    this.#run?.wake();
  }

  /** Who still waits is a player that a slow source keeps waiting, and asks for nothing else meanwhile. */
  #restWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => (this.isAwaited ? this.#restWhenIdle() : this.#stop()), IDLE_MS).unref();
  }

  /** Looks anew at what is wanted and what runs, and acts on it. */
  #reconsider(): void {
    clearTimeout(this.#timer);
    const wanted = this.#wanted();
    if (this.#closed || wanted === null) return;
    const verdict = schedule({
      wanted,
      isAwaited: this.#hasWaiters,
      run: this.#run ? { next: this.#run.segment, last: this.#run.last, isRead: this.#run.isRead } : null,
      yieldedUntil: this.#yieldedUntil,
      ...this.#pace.scene(),
    });
    if (verdict.action === 'start') this.#start(wanted);
    else if (verdict.action === 'hold')
      this.#timer = setTimeout(() => this.#reconsider(), verdict.ms).unref();
  }

  /** What somebody waits for, the latest wish first; else the first hole ahead of the player, before it gets there. */
  #wanted(): number | null {
    const waiting = this.#waiters.next();
    if (waiting !== undefined) return waiting;
    if (this.#attempts.recentFailure()) return null;
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
    this.#pace.started();
    const run = new ActiveRun(segment, this.#options, {
      onHeader: (header) => {
        this.#hasHeader = true;
        this.#header.resolve(header);
      },
      onBegun: (begun, packets) => this.#waiters.resolve(begun, packets),
      onMade: (made) => this.#keep(made),
      onLeft: () => this.#left(),
      goesOn: (asking) => this.#goesOn(asking),
      onPaused: () => this.#pace.paused(),
      onResumed: () => this.#pace.resumed(),
    });
    this.#run = run;
    this.#options.slots.take(this);
    run.follow().then(
      () => this.#ended(run, undefined),
      (error: unknown) => this.#ended(run, error),
    );
  }

  #keep({ segment, packets }: CollectedSegment): void {
    this.#attempts.succeeded();
    this.#pace.made();
    this.#options.store.set(this.#key(segment), packets);
    this.#waiters.resolve(segment, packets);
    if (this.isAwaited) this.#reconsider();
    else this.#options.slots.served(this);
  }

  #goesOn(run: ActiveRun): 'yes' | 'later' | 'no' {
    if (!this.#isFarAhead(run)) return 'yes';
    return this.#isKnownAhead(run) ? 'no' : 'later';
  }

  /** Who asks for something else, which may be there already, must not make those wait who are served now. */
  #isFarAhead({ segment, isRead }: ActiveRun): boolean {
    const { cuts, aheadSeconds } = this.#options;
    if (isRead || this.#waiters.next() === segment) return false;
    return (cuts[segment] ?? 0) - (cuts[this.#asked ?? 0] ?? 0) > aheadSeconds;
  }

  #isKnownAhead({ segment }: ActiveRun): boolean {
    const { store } = this.#options;
    for (let k = 0; k < KNOWN_AHEAD; k++) if (!store.has(this.#key(segment + k))) return false;
    return true;
  }

  #ended(run: ActiveRun, thrown: unknown): void {
    if (run !== this.#run) return;
    this.#run = undefined;
    this.#options.slots.free(this);
    clearTimeout(this.#timer);
    const consequence = thrown === undefined ? undefined : this.#attempts.failed(run.first, thrown);
    const failure = consequence?.action === 'fail' ? consequence.error : undefined;
    run.packets.fail(failure ?? interrupted(thrown));
    if (failure) {
      this.#waiters.rejectAll(failure);
      return;
    }
    if (consequence?.action === 'skip') this.#skip(consequence);
    // Not at once: who had nothing of the segment yet comes back for it, and is then the first in the film's order.
    this.#timer = setTimeout(() => this.#reconsider(), 0);
  }

  /** A damaged stretch is passed over: its segments are empty. */
  #skip({ from, to }: { from: number; to: number }): void {
    for (let segment = from; segment < to; segment++) {
      if (!this.#options.store.has(this.#key(segment))) this.#options.store.set(this.#key(segment), []);
      this.#waiters.resolve(segment, []);
    }
  }

  #stop(): void {
    clearTimeout(this.#timer);
    const run = this.#run;
    this.#run = undefined;
    this.#options.slots.free(this);
    run?.stop(this.#closed ? closed() : interrupted(undefined));
  }

  #key(segment: number): string {
    return `${this.#options.id}/${segment}`;
  }
}
