import { lookup as dnsLookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { RaffiError } from '../../errors.ts';
import { checkUrlAddress, isPublicAddress, literalAddress } from '../../source/address-policy.ts';
import { AddressScope } from '../../source/address-scope.ts';
import { guardedLookup, type NameLookup } from '../../source/guarded-lookup.ts';
import type { AddressRanges } from '../address-ranges.ts';

/** Where the addresses that a torrent names may lead: whoever made the torrent is a stranger, and who opens it is in a home network. */
export interface Guard {
  /** Whether a request for this path and query may go to this computer and to private networks: see `announce-urls.ts`. */
  isHarmless: (pathAndQuery: string) => boolean;
  /** Addresses that are not talked to. */
  blocked: AddressRanges | null;
  /** Which addresses count as public; tests, whose servers are all local, pass their own. */
  isPublic?: ((address: string) => boolean) | undefined;
}

export interface AnswerBounds {
  /** To connect, to the head of an answer, and between two pieces of its body, milliseconds. */
  stepMs: number;
  maxBytes: number;
  connectionsPerHost?: number;
}

/** Says why an address may not be connected to. */
type Refusal = (address: string) => RaffiError | null;

/** Connections for one tracker or web seed: every address is checked where it is connected to, on redirects too. */
export class GuardedAgent {
  /** For undici, and for `fetch`. */
  readonly dispatcher: Dispatcher;
  readonly #agents: readonly Agent[];

  constructor(guard: Guard, { stepMs, maxBytes, connectionsPerHost }: AnswerBounds) {
    const { isHarmless, isPublic } = guard;
    const scope = new AddressScope(isPublic);
    const agentFor = (refusal: Refusal) =>
      new Agent({
        connect: { lookup: lookupWith(refusal, scope), timeout: stepMs },
        headersTimeout: stepMs,
        bodyTimeout: stepMs,
        maxResponseSize: maxBytes,
        connections: connectionsPerHost ?? null,
        allowH2: false,
      });
    // Two pools: a connection that was made for a harmless request may lead to a router, and must not serve another.
    const [anywhere, abroad] = [agentFor(unlessBlocked(guard)), agentFor(unlessAtHome(guard))];
    this.#agents = [anywhere, abroad];
    this.dispatcher = anywhere.compose((dispatch) => (request, handler) => {
      const origin = new URL(String(request.origin));
      const mayGoAnywhere = isHarmless(request.path);
      checkUrlAddress(origin);
      checkLiteral(origin, mayGoAnywhere ? unlessBlocked(guard) : unlessAtHome(guard));
      scope.checkUrl(origin);
      return mayGoAnywhere ? dispatch(request, handler) : abroad.dispatch(request, handler);
    });
  }

  /** Ends what is under way, and closes every connection. */
  async destroy(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.destroy()));
  }
}

/** The same for the one request that opens a WebSocket to `url`, by `node:http`. */
export function guardedSocketAgents(guard: Guard, url: URL): [http.Agent, https.Agent] {
  const refusal = guard.isHarmless(url.pathname + url.search) ? unlessBlocked(guard) : unlessAtHome(guard);
  const lookup = lookupWith(refusal, new AddressScope(guard.isPublic));
  return [
    withCheck(new http.Agent({ lookup }), url, refusal),
    withCheck(new https.Agent({ lookup }), url, refusal),
  ];
}

/** The same for datagrams whose content is not the torrent's to choose. */
export function guardedDatagramLookup({ blocked }: Pick<Guard, 'blocked'>): LookupFunction {
  return lookupWith(unlessBlocked({ blocked }), new AddressScope());
}

function unlessBlocked({ blocked }: Pick<Guard, 'blocked'>): Refusal {
  return (address) => (blocked?.has(address) ? refused('is on the list of blocked addresses') : null);
}

function unlessAtHome({ blocked, isPublic = isPublicAddress }: Guard): Refusal {
  const ifBlocked = unlessBlocked({ blocked });
  return (address) =>
    ifBlocked(address) ??
    (isPublic(address) ? null : refused('is in a private network, where a torrent may not ask for that'));
}

function lookupWith(refusal: Refusal, scope: AddressScope): LookupFunction {
  const lookup: NameLookup = (hostname, options, callback) =>
    dnsLookup(hostname, options, (error, found) => {
      if (error) return callback(error, []);
      const allowed = found.filter(({ address }) => refusal(address) === null);
      const [first] = found;
      callback(allowed.length === 0 && first ? refusal(first.address) : null, allowed);
    });
  return guardedLookup(lookup, scope);
}

/** Nothing looks an address up. */
function checkLiteral(url: URL, refusal: Refusal): void {
  const address = literalAddress(url);
  const error = address === null ? null : refusal(address);
  if (error) throw error;
}

function withCheck<T extends http.Agent>(agent: T, url: URL, refusal: Refusal): T {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    try {
      checkLiteral(url, refusal);
    } catch (error) {
      // Else nobody would hear of it but the thread.
      done?.(error as Error, undefined as never);
      return null;
    }
    return connect(options, done);
  };
  return agent;
}

function refused(why: string): RaffiError {
  return new RaffiError('source_refused', `This address ${why}. Use another torrent.`);
}
