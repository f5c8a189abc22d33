import type { CastSnapshot } from '../../../src/cast/types.ts';
import { RaffiError } from '../../../src/errors.ts';
import type { CastToken, CastTokenRequest, CoreState } from '../../ipc/contract.ts';
import {
  CastTokenSchema,
  type CoreDefaults,
  type CoreHealth,
  CoreHealthSchema,
  type CoreSessionRequest,
  type FromCore,
  OpenedSchema,
  type SessionSnapshot,
  type ToCore,
} from '../../ipc/core-protocol.ts';
import { Requests } from './requests.ts';
import { afterCrash } from './restart-policy.ts';

/** One running core process. */
export interface CoreProcess {
  post(message: ToCore): void;
  /** At once; `exited` follows. */
  kill(): void;
}

export interface CoreProcessEvents {
  message(message: FromCore): void;
  /** Called once. `reason` is for a person. */
  exited(reason: string): void;
}

export interface SupervisorOptions {
  spawn(events: CoreProcessEvents): CoreProcess;
  defaults: CoreDefaults;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/** What the supervisor knows; the page is shown it as `IpcHealth`. */
export interface CoreStatus {
  state: CoreState;
  baseUrl: string | null;
  reason: string | undefined;
  health: CoreHealth | null;
  /** Number of open sessions. */
  sessions: number;
}

/** A core that does not listen by then hangs (a cold start from a slow disk takes 1–2 s). */
const START_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 2_500;
/** A core that answers none of this many beats in a row hangs. Beats, not a time: a sleeping computer counts none. */
const BEAT_MS = 5_000;
const MISSED_BEATS = 4;

/**
 * Keeps one core process alive: starts it, restarts it after a crash with back-off, on the same port and with the same sessions,
 * so that the page's URLs keep working and playback goes on.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #requests = new Requests();
  readonly #listeners = new Set<(status: CoreStatus) => void>();
  readonly #castListeners = new Set<(snapshot: CastSnapshot) => void>();
  readonly #now: () => number;
  #status: CoreStatus = { state: 'starting', baseUrl: null, reason: undefined, health: null, sessions: 0 };
  #process: CoreProcess | null = null;
  #crashes: readonly number[] = [];
  #sessions: SessionSnapshot[] = [];
  #timer: NodeJS.Timeout | undefined;
  #missedBeats = 0;
  #hung = false;
  #stopped: Promise<void> | null = null;
  /** Set by `stop()`: from then on a core that ends is not replaced. */
  #onEnded: (() => void) | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get status(): CoreStatus {
    return this.#status;
  }

  /** Calls back with every later change until the returned function is called. */
  subscribe(listener: (status: CoreStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back with what the core's remote control tells, once it was told to (`watchCast`), until the returned function is called. */
  subscribeCast(listener: (snapshot: CastSnapshot) => void): () => void {
    this.#castListeners.add(listener);
    return () => this.#castListeners.delete(listener);
  }

  start(): void {
    if (this.#process === null && this.#onEnded === null) this.#spawn();
  }

  /** Opens a film; waits for a core that is starting. Rejects with the core's own error, or `core_unavailable`. */
  async open(request: CoreSessionRequest): Promise<string> {
    // Someone who opens a film after the core gave up asks for another try.
    if (this.#status.state === 'failed') this.#revive();
    const answer = await this.ask((requestId) => ({ type: 'open', requestId, request }));
    return OpenedSchema.parse(answer).sessionId;
  }

  async issueCastToken(request: CastTokenRequest): Promise<CastToken> {
    const answer = await this.ask((requestId) => ({ type: 'issueCastToken', requestId, request }));
    return CastTokenSchema.parse(answer);
  }

  /** The core's own health, asked now when it can answer; else what is known. */
  async refresh(): Promise<CoreStatus> {
    if (this.#status.state !== 'ready') return this.#status;
    try {
      const answer = await this.ask((requestId) => ({ type: 'health', requestId }));
      this.#update({ health: CoreHealthSchema.parse(answer) });
    } catch {
      // It died or hangs: the state says so, and that is the answer.
    }
    return this.#status;
  }

  /** Tells the core that runs; nobody where none does. */
  tell(message: ToCore): void {
    this.#process?.post(message);
  }

  /** The core's answer; waits for a core that is starting. Rejects with the core's own error, or `core_unavailable`. */
  async ask(
    message: (requestId: number) => ToCore,
    timeoutMs: number = REQUEST_TIMEOUT_MS,
  ): Promise<unknown> {
    const core = await this.#ready();
    return this.#requests.send((requestId) => core.post(message(requestId)), timeoutMs);
  }

  /** Ends the core: politely, then by force after 2.5 s. Idempotent: every caller waits for the same end. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  #end(): Promise<void> {
    clearTimeout(this.#timer);
    const core = this.#process;
    return new Promise((resolve) => {
      const force = setTimeout(() => core?.kill(), STOP_TIMEOUT_MS);
      this.#onEnded = () => {
        clearTimeout(force);
        resolve();
      };
      if (core === null) this.#onEnded();
      else core.post({ type: 'stop' });
    });
  }

  #spawn(): void {
    this.#missedBeats = 0;
    this.#hung = false;
    const core = this.#options.spawn({
      message: (message) => this.#process === core && this.#receive(message),
      exited: (reason) => this.#process === core && this.#exited(reason),
    });
    this.#process = core;
    const port = this.#status.baseUrl === null ? null : Number(new URL(this.#status.baseUrl).port);
    core.post({ type: 'start', defaults: this.#options.defaults, port, sessions: this.#sessions });
    this.#timer = setTimeout(() => this.#abandon(core), START_TIMEOUT_MS);
  }

  #receive(message: FromCore): void {
    switch (message.type) {
      case 'started':
        this.#update({ state: 'ready', baseUrl: message.baseUrl, reason: undefined });
        this.#beat();
        break;
      case 'refused':
        this.#giveUp(message.problem.detail);
        break;
      case 'health':
        this.#update({ health: message.health });
        break;
      case 'sessions':
        this.#sessions = message.sessions;
        this.#update({ sessions: message.sessions.length });
        break;
      case 'cast':
        for (const listener of [...this.#castListeners]) listener(message.snapshot);
        break;
      case 'answer':
        this.#requests.answer(message.requestId, message.value);
        break;
      case 'problem':
        this.#requests.fail(message.requestId, message.problem);
        break;
    }
  }

  #exited(reason: string): void {
    clearTimeout(this.#timer);
    this.#process = null;
    this.#requests.failAll('The streaming core stopped. Try again in a moment.');
    if (this.#onEnded !== null) {
      this.#onEnded();
      return;
    }
    if (this.#status.state === 'failed') return;
    const { crashes, delayMs } = afterCrash(this.#crashes, this.#now());
    this.#crashes = crashes;
    const said = this.#hung ? 'The streaming core did not answer any more and was ended.' : reason;
    if (delayMs === null) {
      this.#giveUp(
        `${said} It was restarted ${crashes.length - 1} times in a minute without success. Open the film again, or restart Raffi.`,
      );
      return;
    }
    this.#update({ state: 'restarting', reason: said });
    this.#timer = setTimeout(() => this.#spawn(), delayMs);
  }

  #giveUp(reason: string): void {
    clearTimeout(this.#timer);
    // In this order: its exit must find the state that says not to restart.
    this.#update({ state: 'failed', reason });
    this.#process?.kill();
  }

  #revive(): void {
    this.#crashes = [];
    this.#update({ state: 'restarting' });
    // A core that refused to start may be on its way out still: its exit then starts the next.
    this.start();
  }

  #beat(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const core = this.#process;
      if (core === null) return;
      if (this.#missedBeats >= MISSED_BEATS) {
        this.#abandon(core);
        return;
      }
      this.#missedBeats += 1;
      this.#requests
        .send((requestId) => core.post({ type: 'health', requestId }), BEAT_MS * MISSED_BEATS)
        .then(
          () => {
            this.#missedBeats = 0;
          },
          () => {},
        );
      this.#beat();
    }, BEAT_MS);
  }

  #abandon(core: CoreProcess): void {
    this.#hung = true;
    core.kill();
  }

  /** The core once it is ready; rejects when it fails or takes too long. */
  #ready(): Promise<CoreProcess> {
    return new Promise((resolve, reject) => {
      const settle = (): boolean => {
        if (this.#status.state === 'ready' && this.#process !== null) resolve(this.#process);
        else if (this.#status.state === 'failed') reject(unavailable(this.#status.reason));
        else return false;
        clearTimeout(timer);
        unsubscribe();
        return true;
      };
      const timer = setTimeout(() => {
        unsubscribe();
        reject(unavailable('The streaming core is still starting. Try again in a moment.'));
      }, START_TIMEOUT_MS);
      const unsubscribe = this.subscribe(settle);
      settle();
    });
  }

  #update(change: Partial<CoreStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of [...this.#listeners]) listener(this.#status);
  }
}

function unavailable(reason: string | undefined): RaffiError {
  return new RaffiError('core_unavailable', reason ?? 'The streaming core is not running. Restart Raffi.');
}
