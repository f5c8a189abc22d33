import { Agent } from 'undici';
import { AddressScope } from '../address-scope.ts';
import { guardedLookup, type NameLookup } from '../guarded-lookup.ts';
import { acceptedHeaders } from './request-headers.ts';

/** All in milliseconds, each > 0. */
export interface HttpTimeouts {
  connectMs: number;
  /** From the request sent to the response's head. */
  headersMs: number;
  /** Between two pieces of a body that is not held back. */
  bodyIdleMs: number;
  /** For the whole body of a refusal or redirect. */
  drainMs: number;
}

export const DEFAULT_TIMEOUTS: HttpTimeouts = {
  connectMs: 10_000,
  headersMs: 15_000,
  bodyIdleMs: 15_000,
  drainMs: 2_000,
};

export interface ConnectionOptions {
  /** The source as a person gave it: its headers and its login are for this origin, and its host settles the address scope. */
  url: URL;
  headers?: Readonly<Record<string, string>> | undefined;
  lookup?: NameLookup | undefined;
  /** Which addresses count as public; see `AddressScope`. */
  isPublic?: ((address: string) => boolean) | undefined;
  /** `DEFAULT_TIMEOUTS` where not given. */
  timeouts?: Partial<HttpTimeouts> | undefined;
}

/** What all requests made for one source share: its keep-alive pool, its headers, and where it may lead. */
export class Connections {
  readonly source: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly scope: AddressScope;
  readonly agent: Agent;
  readonly drainMs: number;

  /** Throws `source_refused` for headers that are not valid HTTP. */
  constructor({ url, headers, lookup, isPublic, timeouts }: ConnectionOptions) {
    const { connectMs, headersMs, bodyIdleMs, drainMs } = { ...DEFAULT_TIMEOUTS, ...timeouts };
    this.source = url;
    this.drainMs = drainMs;
    this.headers = acceptedHeaders(headers);
    this.scope = new AddressScope(isPublic);
    this.scope.checkUrl(url);
    this.agent = new Agent({
      connect: { lookup: guardedLookup(lookup, this.scope), timeout: connectMs },
      headersTimeout: headersMs,
      bodyTimeout: bodyIdleMs,
      keepAliveTimeout: 30_000,
      pipelining: 1,
      allowH2: false,
    });
  }

  /** Closes every connection at once. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
