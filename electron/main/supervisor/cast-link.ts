import type { CastSnapshot } from '../../../src/cast/types.ts';
import { problem, RaffiError } from '../../../src/errors.ts';
import { CAST_ANSWERS, type CastAnswer, type CastCommand } from '../../ipc/cast.ts';
import { CastResumption } from './cast-resumption.ts';
import type { CoreStatus, Supervisor } from './supervisor.ts';

/** Until a television has opened its player, and the film's first segments are made for it. */
const LOAD_TIMEOUT_MS = 90_000;
const LOADING: ReadonlySet<CastCommand['do']> = new Set(['load', 'join', 'setTracks']);
/** The core has bounds of its own for every step with the device; this is for a core that forgets to answer. */
const COMMAND_TIMEOUT_MS = 30_000;

type Core = Pick<Supervisor, 'status' | 'subscribe' | 'subscribeCast' | 'tell' | 'ask'>;

/** The core's remote control, seen from main: commands to whichever core runs, and snapshots that outlive it. */
export class CastLink {
  readonly #core: Core;
  readonly #listeners = new Set<(snapshot: CastSnapshot) => void>();
  readonly #resumption = new CastResumption({
    run: (command) => this.run(command),
    onChange: () => this.#tellAll(),
  });
  #last: CastSnapshot | null = null;
  /** Whether the core that runs has been told that snapshots are wanted. */
  #isWatched = false;
  #stopFollowing = (): void => {};

  constructor(core: Core) {
    this.#core = core;
  }

  /** Waits for a core that is starting. Rejects with the core's own error, or `core_unavailable`. */
  async run<Do extends CastCommand['do']>(command: CastCommand & { do: Do }): Promise<CastAnswer<Do>> {
    const timeoutMs = LOADING.has(command.do) ? LOAD_TIMEOUT_MS : COMMAND_TIMEOUT_MS;
    const answer = await this.#core.ask((requestId) => ({ type: 'cast', requestId, command }), timeoutMs);
    return CAST_ANSWERS[command.do].parse(answer) as CastAnswer<Do>;
  }

  /** Calls back with what is known, if anything, then with each change until the returned function is called. */
  subscribe(listener: (snapshot: CastSnapshot) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#follow();
    if (this.#last !== null) listener(this.#resumption.shown(this.#last));
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#leave();
    };
  }

  #follow(): void {
    const ends = [
      this.#core.subscribeCast((snapshot) => this.#heard(snapshot)),
      this.#core.subscribe((status) => this.#coreChanged(status)),
    ];
    this.#stopFollowing = () => {
      for (const end of ends) end();
    };
    this.#coreChanged(this.#core.status);
  }

  #leave(): void {
    this.#stopFollowing();
    this.#resumption.forget();
    if (this.#isWatched) this.#core.tell({ type: 'watchCast', wanted: false });
    this.#isWatched = false;
    // What is known goes stale now: the next subscriber waits for the core's word.
    this.#last = null;
  }

  #heard(snapshot: CastSnapshot): void {
    this.#last = snapshot;
    this.#resumption.heard(snapshot);
    this.#tellAll();
  }

  #coreChanged({ state, reason }: CoreStatus): void {
    if (state === 'ready') {
      if (this.#isWatched) return;
      this.#isWatched = true;
      this.#core.tell({ type: 'watchCast', wanted: true });
      return;
    }
    this.#isWatched = false;
    if (this.#last === null) return;
    this.#resumption.coreLost(this.#last.status);
    if (state === 'failed') {
      const why = reason ?? 'The streaming core is not running. Restart Raffi.';
      this.#resumption.giveUp(problem(new RaffiError('core_unavailable', why)));
    }
    this.#tellAll();
  }

  #tellAll(): void {
    if (this.#last === null) return;
    const shown = this.#resumption.shown(this.#last);
    for (const listener of [...this.#listeners]) listener(shown);
  }
}
