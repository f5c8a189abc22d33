import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, normalize, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { answerFor } from './answer.ts';
import { type Entity, type OriginFile, openEntity } from './content.ts';
import { FaultState, type SignedLinks } from './faults.ts';
import type { Link } from './link.ts';
import type { LoggedRequest, RequestLog } from './log.ts';
import { type Outcome, sendBody } from './send.ts';

/** What one origin serves, and its state. */
export interface Site {
  files: Map<string, OriginFile>;
  dir: string | null;
  faults: Map<string, FaultState>;
  links: SignedLinks;
  link: Link;
  log: RequestLog;
  /** Sockets whose set-up latency was paid. */
  greeted: WeakSet<object>;
}

/** Answers one request and keeps its log entry. Never rejects. */
export async function serve(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://origin');
  const path = decoded(url.pathname);
  const entry = logged(site.log, request, path, url.search);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let outcome: Outcome = 'complete';
  try {
    const { latencyMs, connectLatencyMs } = site.link.settings;
    const setUpMs = site.greeted.has(request.socket) ? 0 : connectLatencyMs;
    site.greeted.add(request.socket);
    const state = site.faults.get(path) ?? new FaultState({});
    state.requests++;
    const waitMs = latencyMs + setUpMs + (state.faults.delayHeadMs ?? 0);
    if (waitMs > 0) await delay(waitMs, undefined, { signal: gone.signal });
    if (!answerInstead(site, state, url, response)) {
      outcome = await serveFile(site, state, request, response, entry, gone.signal);
    }
    if (outcome === 'complete') await left(response);
    entry.aborted = outcome === 'complete' && !response.writableFinished;
  } catch {
    entry.aborted = true;
    response.destroy();
  }
  entry.status ||= response.statusCode;
  entry.endedMs = performance.now();
  site.log.notify();
}

/** A path that is no valid percent-encoding stays as it is: it will not be found. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Resolves when the last byte was handed to the system, or the connection is gone. */
async function left(response: ServerResponse): Promise<void> {
  if (response.writableFinished || response.destroyed) return;
  await new Promise<void>((resolve) => {
    response.once('finish', resolve);
    response.once('close', resolve);
  });
}

/** The faults that replace the file by another answer. True when one did. */
function answerInstead(site: Site, state: FaultState, url: URL, response: ServerResponse): boolean {
  const { faults } = state;
  const say = (code: number, headers: Record<string, string> = {}, body = '') => {
    response.writeHead(code, { 'content-length': String(Buffer.byteLength(body)), ...headers }).end(body);
    return true;
  };
  if (faults.needsLink && !site.links.use(url.searchParams.get('link'))) {
    return say(403, { 'content-type': 'text/plain' }, 'This link has expired.');
  }
  const status = state.strike(faults.status);
  if (status) {
    const retry = status.retryAfter === undefined ? {} : { 'retry-after': String(status.retryAfter) };
    return say(status.code, { 'content-type': 'text/html', ...retry }, status.body ?? '<h1>No</h1>');
  }
  if (faults.freshLink) {
    const { to, validRequests, validMs } = faults.freshLink;
    return say(302, { location: `${encodeURI(to)}?link=${site.links.issue(validRequests, validMs)}` });
  }
  const redirect = state.strike(faults.redirect);
  if (redirect) {
    const hop = Number(url.searchParams.get('hop') ?? 0);
    const last = hop >= (redirect.hops ?? 0);
    return say(redirect.code ?? 302, { location: last ? redirect.to : `${url.pathname}?hop=${hop + 1}` });
  }
  return false;
}

async function serveFile(
  site: Site,
  state: FaultState,
  request: IncomingMessage,
  response: ServerResponse,
  entry: LoggedRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { faults } = state;
  const method = request.method ?? 'GET';
  if ((method !== 'GET' && method !== 'HEAD') || (method === 'HEAD' && faults.noHead)) {
    response.writeHead(405, { allow: 'GET', 'content-length': '0' }).end();
    return 'complete';
  }
  const entity = await findEntity(site, state, entry.path);
  if (entity === null) {
    response
      .writeHead(404, { 'content-type': 'text/html', 'content-length': '18' })
      .end('<h1>Not found</h1>');
    return 'complete';
  }
  try {
    const header = (name: string) => [request.headers[name]].flat()[0];
    const asked = { path: entry.path, range: header('range'), ifRange: header('if-range') };
    const answer = answerFor(entity, asked, faults);
    entry.asked = answer.asked;
    entry.status = answer.status;
    response.writeHead(answer.status, answer.headers);
    if (method !== 'HEAD')
      return await sendBody(response, entity, answer, { link: site.link, state, entry, signal });
    response.end();
    return 'complete';
  } finally {
    await entity.close();
  }
}

async function findEntity(site: Site, state: FaultState, path: string): Promise<Entity | null> {
  const change = state.faults.changeAfter;
  const changed = change && state.requests > change.requests ? change.file : undefined;
  const file = changed ?? site.files.get(path) ?? inFolder(site.dir, path);
  if (file === null) return null;
  try {
    return await openEntity(file);
  } catch {
    return null;
  }
}

function inFolder(dir: string | null, path: string): string | null {
  if (dir === null) return null;
  const found = normalize(join(dir, path));
  return found.startsWith(normalize(dir) + sep) ? found : null;
}

function logged(log: RequestLog, request: IncomingMessage, path: string, query: string): LoggedRequest {
  const entry: LoggedRequest = {
    id: log.entries.length,
    method: request.method ?? 'GET',
    path,
    query,
    headers: request.headers,
    connection: request.socket.remotePort ?? 0,
    startedMs: performance.now(),
    asked: null,
    sent: null,
    status: 0,
    firstByteMs: null,
    endedMs: null,
    aborted: false,
  };
  log.entries.push(entry);
  log.notify();
  return entry;
}
