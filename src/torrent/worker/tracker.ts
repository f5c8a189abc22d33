import type { LookupFunction } from 'node:net';
import {
  type AnnounceProgress,
  Client,
  type ClientOptions,
  type TrackerConnection,
} from 'bittorrent-tracker';
import type { AddressRanges } from '../address-ranges.ts';
import { isPlainAnnounce } from '../announce-urls.ts';
import type { TrackerHealth } from '../protocol.ts';
import { trackerName, troubleText } from '../tracker-name.ts';
import { contained } from './contained.ts';
import { type Guard, GuardedAgent, guardedDatagramLookup, guardedSocketAgents } from './guarded-agent.ts';

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
  /** Whether the person named it, not only the torrent: it may be asked anything, at home too. */
  isOwn?: boolean;
  /** Addresses that are not talked to. */
  blocked: AddressRanges | null;
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
  readonly #agents: readonly { destroy(): unknown }[];
  /** Where a datagram may go. */
  readonly #lookup: LookupFunction;
  #health: TrackerHealth;

  constructor(options: TrackerOptions) {
    const { url, isOwn = false, blocked, progress, onPeer, onTrouble: _, ...rest } = options;
    this.#options = options;
    this.#health = { url: trackerName(url), state: 'waiting' };
    const guard: Guard = { isHarmless: isOwn ? () => true : isPlainAnnounce, blocked };
    this.#lookup = guardedDatagramLookup(guard);
    const { agents, proxyOpts } = agentsFor(url, guard);
    this.#agents = agents;
    this.#client = new Client({
      ...rest,
      announce: [url],
      getAnnounceOpts: progress,
      // Not those of a proxy: what goes there is what connects.
      ...(proxyOpts ? { proxyOpts } : {}),
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
      if (_request) {
        const request = _request.bind(tracker);
        const isUdp = /^udp:/i.test(tracker.announceUrl);
        tracker._request = contained(
          isUdp ? toSafeAddress(tracker, this.#lookup, request) : request,
          onError,
        );
      }
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

/** A WebSocket takes an agent of `node:http`, `fetch` one of undici's, a datagram none. */
function agentsFor(url: string, guard: Guard) {
  if (/^udp:/i.test(url)) return { agents: [] };
  if (/^wss?:/i.test(url)) {
    const [httpAgent, httpsAgent] = guardedSocketAgents(guard, new URL(url));
    return { agents: [httpAgent, httpsAgent], proxyOpts: { httpAgent, httpsAgent } };
  }
  const agent = new GuardedAgent(guard, { stepMs: ANSWER_LIMIT_MS, maxBytes: MAX_ANSWER_BYTES });
  return { agents: [agent], proxyOpts: { httpAgent: agent.dispatcher, httpsAgent: agent.dispatcher } };
}

/**
 * Seam: asked to send to a name, `dgram` looks it up by itself and sends to whatever it finds. The client is told an address instead,
 * for as long as it reads it.
 */
function toSafeAddress(
  tracker: TrackerConnection,
  lookup: LookupFunction,
  request: (...args: unknown[]) => unknown,
): (...args: unknown[]) => Promise<void> {
  const { announceUrl } = tracker;
  const { hostname, port } = new URL(announceUrl.replace(/^udp:/i, 'http:'));
  let address: string | undefined;
  return async (options) => {
    // That we leave is told at once or never, and only where it was told that we came.
    if ((options as { event?: string }).event !== 'stopped') {
      address = await new Promise<string>((resolve, reject) =>
        lookup(hostname, { family: 4 }, (error, found) => (error ? reject(error) : resolve(String(found)))),
      );
      if (tracker.destroyed) return;
    }
    if (address === undefined) return;
    tracker.announceUrl = `udp://${address}:${port || '80'}`;
    request(options);
    tracker.announceUrl = announceUrl;
  };
}
