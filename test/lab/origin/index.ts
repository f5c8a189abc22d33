import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OriginFile } from './content.ts';
import { FaultState, type Faults, SignedLinks } from './faults.ts';
import { Link, type LinkSettings } from './link.ts';
import { RequestLog } from './log.ts';
import { type Site, serve } from './serve.ts';

export type { OriginFile, SparseFile } from './content.ts';
export type { Faults } from './faults.ts';
export type { LinkSettings } from './link.ts';
export type { ByteRange, LoggedRequest, RequestLog } from './log.ts';
export { type OriginProcess, startOriginProcess } from './process.ts';

export interface OriginOptions extends Partial<LinkSettings> {
  /** What lies at which path (`/film.mkv`). */
  files?: Record<string, OriginFile>;
  /** A folder whose files are served beside `files`. */
  dir?: string;
  faults?: Record<string, Faults>;
}

/** A running origin server on 127.0.0.1. */
export interface Origin {
  readonly port: number;
  readonly log: RequestLog;
  /** Latency and bandwidth; may be written while requests run. */
  readonly link: LinkSettings;
  /** Absolute URL of a path. */
  url(path: string): string;
  /** Puts a file at a path, or another in its place. */
  put(path: string, file: OriginFile): void;
  remove(path: string): void;
  /** Replaces all faults of a path and their counters; null: none. */
  setFaults(path: string, faults: Faults | null): void;
  /** Kills every connection now, as a network failure does; new ones are accepted. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** Starts an HTTP origin with settable latency, bandwidth and faults, and a log of what it was asked. */
export async function startOrigin(options: OriginOptions = {}): Promise<Origin> {
  const { files = {}, dir, faults = {}, ...settings } = options;
  const link = new Link(settings);
  const site: Site = {
    files: new Map(Object.entries(files)),
    dir: dir ?? null,
    faults: new Map(Object.entries(faults).map(([path, value]) => [path, new FaultState(value)])),
    links: new SignedLinks(),
    link,
    log: new RequestLog(),
    greeted: new WeakSet(),
  };
  const server = createServer({ keepAliveTimeout: 30_000, noDelay: true }, (request, response) => {
    void serve(site, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    log: site.log,
    link: link.settings,
    url: (path) => `http://127.0.0.1:${port}${encodeURI(path)}`,
    put: (path, file) => void site.files.set(path, file),
    remove: (path) => void site.files.delete(path),
    setFaults(path, value) {
      if (value === null) site.faults.delete(path);
      else site.faults.set(path, new FaultState(value));
    },
    dropConnections: () => server.closeAllConnections(),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await site.log.idle();
    },
  };
}
