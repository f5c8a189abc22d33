import http from 'node:http';
import https from 'node:https';
import { type AnnounceProgress, Client, type ClientOptions } from 'bittorrent-tracker';
import { Agent, type Dispatcher } from 'undici';
import { checkUrlAddress } from '../../source/address-policy.ts';
import { AddressScope } from '../../source/address-scope.ts';
import { guardedLookup } from '../../source/guarded-lookup.ts';
import type { TrackerHealth } from '../protocol.ts';
import { trackerName, troubleText } from '../tracker-name.ts';
import { contained } from './contained.ts';

/** How often a tracker is told of us where it says nothing, milliseconds. */
const INTERVAL_MS = 15 * 60_000;
/** Bounds of what it may say. Its number goes into a timer as it is, and one too large or negative would fire at once, for ever. */
const [MIN_INTERVAL_MS, MAX_INTERVAL_MS] = [30_000, 2 * 60 * 60_000];
const ANSWER_LIMIT_MS = 15_000;
/** Room for tens of thousands of peers. */
const MAX_ANSWER_BYTES = 512 * 1024;

/** An address, or a WebRTC connection. */
export type FoundPeer = string | { destroy(): void };

export interface TrackerOptions extends Omit<ClientOptions, 'announce' | 'getAnnounceOpts' | 'proxyOpts'> {
  url: string;
  progress: () => AnnounceProgress;
  onPeer: (peer: FoundPeer) => void;
  onTrouble: (text: string) => void;
}

/**
 * One tracker of one torrent, asked by a client of its own, so that what a client tells is known to be its doing. What it answers is anybody's
 * bytes, and bittorrent-tracker trusts them in places (measured with 11.2.3: a body that breaks off is a promise that nobody handles, `null` over
 * a WebSocket a `TypeError`): such an answer is a failure of this tracker alone, not of the thread.
 */
export class Tracker {
  readonly #options: TrackerOptions;
  readonly #client: Client;
  readonly #agents: { destroy(): unknown }[];
  #health: TrackerHealth;

  constructor(options: TrackerOptions) {
    const { url, progress, onPeer, onTrouble: _, ...rest } = options;
    this.#options = options;
    this.#health = { url: trackerName(url), state: 'waiting' };
    const [httpAgent, httpsAgent] = agentsFor(url);
    this.#agents = [httpAgent, httpsAgent];
    this.#client = new Client({
      ...rest,
      announce: [url],
      getAnnounceOpts: progress,
      // Not those of a proxy: what goes there is what connects.
      ...(url.startsWith('udp:') ? {} : { proxyOpts: { httpAgent, httpsAgent } }),
    });
    this.#client.on('update', (answer: unknown) => this.#answered(answer));
    this.#client.on('warning', (error: unknown) => this.#warned(error));
    this.#client.on('error', (error: unknown) => this.#failed(error));
    this.#client.on('peer', onPeer);
    this.#contain();
    this.#client.setInterval(INTERVAL_MS);
    this.#client.start();
  }

  get health(): TrackerHealth {
    return this.#health;
  }

  /** Tells the tracker that we leave. Settles when its sockets are closed, after a second at most. */
  async close(): Promise<void> {
    // A WebSocket that waits to be opened anew is left waiting by `destroy`.
    for (const { reconnectTimer } of this.#client._trackers) clearTimeout(reconnectTimer ?? undefined);
    this.#client.stop();
    await new Promise<void>((resolve) => this.#client.destroy(() => resolve()));
    for (const agent of this.#agents) agent.destroy();
  }

  #contain(): void {
    const onError = (error: unknown) => this.#failed(error);
    for (const tracker of this.#client._trackers) {
      const setInterval = tracker.setInterval.bind(tracker);
      tracker.setInterval = (ms) =>
        setInterval(
          ms == null ? ms : Math.min(Math.max(ms, MIN_INTERVAL_MS), MAX_INTERVAL_MS) || INTERVAL_MS,
        );
      const { _request, _onSocketData } = tracker;
      if (_request) tracker._request = contained(_request.bind(tracker), onError);
      if (_onSocketData) tracker._onSocketData = contained(_onSocketData.bind(tracker), onError);
    }
  }

  #answered(answer: unknown): void {
    const { complete, incomplete } = answer as { complete?: unknown; incomplete?: unknown };
    this.#health = {
      url: this.#health.url,
      state: 'working',
      ...(isCount(complete) ? { seeds: complete } : {}),
      ...(isCount(incomplete) ? { leeches: incomplete } : {}),
    };
  }

  #warned(error: unknown): void {
    // Of a peer over WebRTC: the tracker did its part.
    if (error instanceof Error && error.message.startsWith('Connection error:')) return;
    this.#failed(error);
  }

  #failed(error: unknown): void {
    const { url } = this.#health;
    const text = troubleText(error, this.#options.url);
    this.#health = { url, state: 'failed', error: text };
    this.#options.onTrouble(`${url}: ${text}`);
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * Agents for http and https that lead where the tracker's own address lets them, on redirects too. A WebSocket takes one of `node:http`,
 * `fetch` one of undici's.
 */
function agentsFor(url: string): [{ destroy(): unknown }, { destroy(): unknown }] {
  const scope = new AddressScope();
  const lookup = guardedLookup(undefined, scope);
  if (/^wss?:/i.test(url)) return [new http.Agent({ lookup }), new https.Agent({ lookup })];
  const agent = new Agent({
    connect: { lookup, timeout: ANSWER_LIMIT_MS },
    headersTimeout: ANSWER_LIMIT_MS,
    bodyTimeout: ANSWER_LIMIT_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
    allowH2: false,
  });
  const guarded = agent.compose(
    (dispatch) => (request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => {
      const origin = new URL(String(request.origin));
      checkUrlAddress(origin);
      scope.checkUrl(origin);
      return dispatch(request, handler);
    },
  );
  return [guarded, guarded];
}
