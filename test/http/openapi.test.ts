import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import { type Core, createCore } from '../../src/index.ts';
import { createLog } from '../../src/log.ts';
import { film, realClip } from '../lab/media/index.ts';
import { type Origin, startOrigin } from '../lab/origin/index.ts';
import { ApiDescription, type Operation } from './api-description.ts';
import { FIRST_SEGMENT, NOBODY, SAMPLES, type Sample } from './samples.ts';

const api = new ApiDescription(new URL('../../openapi.yaml', import.meta.url));

let folder: string;
let origin: Origin;
let core: Core;
let baseUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-openapi-'));
  origin = await startOrigin({ files: { '/clip.mkv': await realClip('mkv') } });
  // Also where this computer has no network to cast in.
  const castHost = '127.0.0.1';
  core = createCore({ ...loadConfig(), port: 0, cacheDir: folder, logLevel: 'fatal', castHost });
  ({ baseUrl } = await core.start());
});

afterAll(async () => {
  await core.stop();
  await origin.close();
  await rm(folder, { recursive: true });
});

describe('openapi.yaml', () => {
  test('names every error code, and no other', () => {
    expect(api.schemaNamed('ErrorCode').enum).toEqual(ERROR_CODES);
  });

  test('describes every route of the app, and no other', () => {
    const { paths } = api.document as { paths: Record<string, object> };
    const described = Object.entries(paths).map(([path, item]) => ({
      path,
      methods: Object.keys(item).filter((key) => key !== 'parameters'),
    }));
    expect(sorted(described)).toEqual(sorted(routesOfApp()));
  });

  test('has a sample of every operation', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(api.operations.map(({ operationId }) => operationId).sort());
  });

  const cases = api.operations.flatMap((operation) =>
    (SAMPLES[operation.operationId] ?? []).map((sample) => ({ operation, sample })),
  );
  test.each(cases)(
    '$operation.operationId answers $sample.status $sample.code',
    async ({ operation, sample }) => {
      const id = sample.params?.id ?? (await openClip());
      const answer = await send(operation, { ...sample, params: { id, ...sample.params } });
      expect(answer.status).toBe(sample.status);
      if (sample.code !== undefined) expect(JSON.parse(answer.body)).toMatchObject({ code: sample.code });
      expect(api.faults(operation, answer)).toEqual([]);
    },
  );

  test.each(api.preflights)('OPTIONS $path answers the page of an allowed origin', async (operation) => {
    const path = operation.path.replace(/\{\w+\}/g, NOBODY);
    const answer = await fetch(baseUrl + path, {
      method: 'OPTIONS',
      headers: { Origin: 'app://raffi', 'Access-Control-Request-Method': 'GET' },
    });
    const { status, headers } = answer;
    expect(status).toBe(204);
    expect(api.faults(operation, { status, headers, body: await answer.text() })).toEqual([]);
  });

  test('describes what tracks are encoded to', async () => {
    const operation = api.operations.find(({ operationId }) => operationId === 'session');
    if (!operation) throw new Error('no such operation');
    for (const name of ['h264-ac3-mkv', 'mpeg4-mp3-mkv'] as const) {
      const { sessionId } = await core.open({ kind: 'file', source: await film(name) });
      const answer = await send(operation, { params: { id: sessionId }, status: 200 });
      expect(answer.body).toContain('"target"');
      expect(api.faults(operation, answer)).toEqual([]);
    }
  });

  test('describes the stream of events', async () => {
    const operation = api.operations.find(({ operationId }) => operationId === 'events');
    const id = await openClip();
    const answer = await fetch(`${baseUrl}/sessions/${id}/events`);
    await fetch(`${baseUrl}/sessions/${id}/stream`);
    await fetch(`${baseUrl}/sessions/${id}`, { method: 'DELETE' });
    const body = await answer.text();
    expect(
      operation && api.faults(operation, { status: answer.status, headers: answer.headers, body }),
    ).toEqual([]);
    const types = [...body.matchAll(/^event: (.*)$/gm)].map((match) => match[1]);
    expect(types[0]).toBe('stage');
    expect(types).toContain('decisions');
    expect(types.at(-1)).toBe('closed');
  });
});

async function openClip(): Promise<string> {
  const body = JSON.stringify({ source: origin.url('/clip.mkv') });
  const answer = await fetch(`${baseUrl}/sessions`, { method: 'POST', body });
  return ((await answer.json()) as { id: string }).id;
}

async function send(operation: Operation, sample: Sample & { params: Record<string, string> }) {
  const { id = '' } = sample.params;
  const params: Record<string, string> = { ...sample.params };
  if (params.name === FIRST_SEGMENT) params.name = await firstSegment(id);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  const body = sample.bodyFor?.(id) ?? sample.body;
  const answer = await fetch(baseUrl + path + (sample.query ?? ''), {
    method: operation.method,
    ...(sample.headers ? { headers: sample.headers } : {}),
    ...(body === undefined ? {} : { body: bodyOf(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

/** Text is sent as it is. */
function bodyOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

async function firstSegment(id: string): Promise<string> {
  const text = await (await fetch(`${baseUrl}/sessions/${id}/stream`)).text();
  return /^.*\/([^/\n]+\.ts)$/m.exec(text)?.[1] ?? '';
}

interface RouterLayer {
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: RouterLayer[] };
}

/** Read from Express's own table of routes, so that none is forgotten. */
function routesOfApp() {
  const app = createApp({
    store: { create: nothing, get: nothing, list: nothing, remove: nothing },
    torrents: { get: nothing, acquire: nothing },
    castAccess: { issue: nothing, verify: nothing, stats: nothing },
    health: nothing,
    config: { allowedOrigins: [], dev: false },
    log: createLog('silent'),
  });
  const { stack } = (app as unknown as { router: { stack: RouterLayer[] } }).router;
  return stack
    .flatMap((layer) => layer.handle.stack ?? [])
    .flatMap(({ route }) => (route ? [route] : []))
    .map(({ path, methods }) => ({
      path: path.replace(/:(\w+)/g, '{$1}'),
      methods: Object.keys(methods).filter((method) => method !== '_all' && methods[method]),
    }))
    .map(({ path, methods }) => ({
      path,
      // Express answers HEAD as GET, and CORS answers OPTIONS before any route is looked at.
      methods: [...methods, ...(methods.includes('get') ? ['head'] : []), 'options'],
    }));
}

function nothing(): never {
  throw new Error('Only the routes are looked at.');
}

function sorted(routes: { path: string; methods: string[] }[]) {
  return routes.map(({ path, methods }) => `${path} ${methods.toSorted().join(' ')}`).sort();
}
