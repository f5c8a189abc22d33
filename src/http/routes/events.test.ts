import { expect, test } from 'vitest';
import { expectProblem, useTestApp } from '../test-app.fixture.ts';

const { call, open, store } = useTestApp();

test('tells what is known, then what changes, and ends with the session', async () => {
  const id = open();
  const answer = await call(`/sessions/${id}/events`);
  expect(answer.headers.get('Content-Type')).toMatch(/^text\/event-stream/);
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
  const error = { code: 'not_media' as const, title: 'No film', detail: 'line one\nline two' };
  store.get(id).emit({ type: 'error', data: error });
  await store.remove(id);
  const text = await answer.text();
  const events = [...text.matchAll(/event: (.*)\ndata: (.*)\n\n/g)].map((match) => [
    match[1],
    JSON.parse(match[2] ?? ''),
  ]);
  expect(events).toEqual([
    ['stage', { stage: 'idle', progress: null, since: expect.any(String) }],
    ['error', error],
    ['closed', {}],
  ]);
});

test('stops listening when the client leaves', async () => {
  const id = open();
  const session = store.get(id);
  const controller = new AbortController();
  const answer = await call(`/sessions/${id}/events`, { signal: controller.signal });
  expect(session.listeners.size).toBe(1);
  controller.abort();
  await expect(answer.text()).rejects.toThrow();
  await expect.poll(() => session.listeners.size).toBe(0);
});

test('answers HEAD at once, and unknown sessions with a problem', async () => {
  const head = await call(`/sessions/${open()}/events`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  await expectProblem(await call('/sessions/nobody/events'), 404, 'session_not_found');
});
