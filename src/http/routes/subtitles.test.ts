import { expect, test } from 'vitest';
import { expectProblem, useTestApp } from '../test-app.fixture.ts';

const { call, open } = useTestApp();

const SRT = '1\n00:00:01,000 --> 00:00:02,000\nHello\n';
const post = (id: string, body: string | Uint8Array, query = '', headers: Record<string, string> = {}) =>
  call(`/sessions/${id}/subtitles${query}`, { method: 'POST', body: body as BodyInit, headers });

test('serves a track, its head, and a part of it', async () => {
  const path = `/sessions/${open()}/subtitles/0.vtt`;
  const whole = await call(path);
  expect([whole.headers.get('Content-Type'), await whole.text()]).toEqual([
    'text/vtt; charset=utf-8',
    'WEBVTT\n\n',
  ]);
  const head = await call(path, { method: 'HEAD' });
  expect([head.status, head.headers.get('Content-Type')]).toEqual([200, 'text/vtt; charset=utf-8']);
  const part = await call(path, { headers: { Range: 'bytes=0-5' } });
  expect([part.status, await part.text()]).toEqual([206, 'WEBVTT']);
});

test.each([
  ['1.vtt', 404, 'subtitle_not_found'],
  ['-1.vtt', 404, 'subtitle_not_found'],
  ['0', 404, 'subtitle_not_found'],
  ['..%2f0.vtt', 404, 'subtitle_not_found'],
  ['0.vtt?from=x', 400, 'bad_seek'],
  ['0.vtt?from=2&to=2', 400, 'bad_seek'],
  ['0.vtt?to=-1', 400, 'bad_seek'],
])('GET %s → %i', async (name, status, code) => {
  await expectProblem(await call(`/sessions/${open()}/subtitles/${name}`), status, code);
});

test.each(['text/plain', 'application/json', 'application/x-bittorrent', 'application/x-subrip'])(
  'takes a file that is called %s',
  async (type) => {
    const id = open();
    const answer = await post(id, SRT, '?language=de&title=%20Mine%20', { 'Content-Type': type });
    expect(await answer.json()).toMatchObject({ id, codec: 'subrip', language: 'de', title: 'Mine' });
  },
);

test('refuses what is no subtitle file', async () => {
  const id = open();
  await expectProblem(await post(id, ''), 422, 'bad_subtitles');
  await expectProblem(await post(id, '{"source": "http://host/subtitles.srt"}'), 422, 'bad_subtitles');
  await expectProblem(await post(id, new Uint8Array(5 * 2 ** 20)), 413, 'body_too_large');
  await expectProblem(await post(id, SRT, '?language=no+tag'), 400, 'bad_request');
  await expectProblem(await post('nobody', SRT), 404, 'session_not_found');
});

test('lets no foreign page add any', async () => {
  const answer = await post(open(), SRT, '', { Origin: 'https://evil.example' });
  await expectProblem(answer, 403, 'origin_refused');
});
