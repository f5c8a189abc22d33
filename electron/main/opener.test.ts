import { expect, test } from 'vitest';
import { RaffiError } from '../../src/errors.ts';
import type { OpenResult } from '../ipc/contract.ts';
import type { CoreSessionRequest } from '../ipc/core-protocol.ts';
import { Opener } from './opener.ts';
import type { Target } from './targets.ts';

const film = (name: string): Target => ({ source: `/films/${name}`, kind: 'file', name });

const capabilities = {
  containers: ['video/mp4'],
  video: ['avc1.640028'],
  audio: ['mp4a.40.2'],
  maxChannels: 2,
  maxHeight: 1080,
  hdr: false,
};

function record(): { requests: CoreSessionRequest[]; opener: Opener } {
  const requests: CoreSessionRequest[] = [];
  const opener = new Opener(async (request) => {
    requests.push(request);
    return `session of ${request.source}`;
  });
  return { requests, opener };
}

test('what comes before the page listens is kept, in order, and opened with what the page can play', async () => {
  const { requests, opener } = record();
  opener.handOver([film('a'), film('b')]);
  expect(requests).toEqual([]);
  const results = await new Promise<OpenResult[]>((resolve) => {
    const seen: OpenResult[] = [];
    opener.subscribe({ capabilities }, (result) => {
      seen.push(result);
      if (seen.length === 2) resolve(seen);
    });
  });
  expect(results.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(requests[0]).toEqual({ source: '/films/a', kind: 'file', capabilities });
});

test('after the page stopped listening, things wait again', () => {
  const { requests, opener } = record();
  const unsubscribe = opener.subscribe({}, () => {});
  unsubscribe();
  opener.handOver([film('a')]);
  expect(requests).toEqual([]);
});

test('the queue is bounded: the latest hundred stay', () => {
  const { requests, opener } = record();
  opener.handOver(Array.from({ length: 150 }, (_, index) => film(`${index}`)));
  opener.subscribe({}, () => {});
  expect(requests).toHaveLength(100);
  expect(requests[0]?.source).toBe('/films/50');
});

test('a failure is a result, with its code', async () => {
  const opener = new Opener(() => Promise.reject(new RaffiError('not_implemented', 'Torrents come later.')));
  expect(await opener.open(film('a.torrent'), {})).toMatchObject({
    ok: false,
    name: 'a.torrent',
    problem: { code: 'not_implemented', detail: 'Torrents come later.', status: 501 },
  });
});

test('what was refused before it could be opened is told like any other refusal', async () => {
  const { requests, opener } = record();
  expect(await opener.open({ name: 'a.mkv', refused: 'It is elsewhere.' }, {})).toEqual({
    ok: false,
    name: 'a.mkv',
    problem: expect.objectContaining({ code: 'source_refused', detail: 'It is elsewhere.' }),
  });
  expect(requests).toEqual([]);
});
