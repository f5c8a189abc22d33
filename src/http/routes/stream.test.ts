import { describe, expect, test } from 'vitest';
import { expectProblem, useTestApp } from '../test-app.fixture.ts';

const { call, logLines, open, rawGet, store } = useTestApp();

describe('the stream', () => {
  test('hands the query to the session and names the slice', async () => {
    const id = open();
    for (const path of ['stream', 'stream/child.m3u8']) {
      const answer = await call(`/sessions/${id}/${path}?seek=12.5&seek_id=a&force_slice=1`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('Content-Type')).toBe('application/vnd.apple.mpegurl');
      expect(answer.headers.get('Cache-Control')).toBe('no-store');
      expect(answer.headers.get('X-Raffi-Slice-Start')).toBe('12.500');
      expect(answer.headers.get('ETag')).toBeNull();
      expect(store.get(id).lastQuery).toEqual({ seekSeconds: 12.5, seekId: 'a', forceSlice: true });
    }
    await call(`/sessions/${id}/stream?seek=1e999&seek_id=&force_slice=0`);
    expect(store.get(id).lastQuery).toEqual({ seekSeconds: Number.MAX_SAFE_INTEGER });
    const head = await call(`/sessions/${id}/stream`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('X-Raffi-Slice-Start')).toBe('0.000');
    expect(Number(head.headers.get('Content-Length'))).toBeGreaterThan(0);
  });

  test.each(['NaN', '-1', 'Infinity', 'abc', '0x10', '1&seek=2', '1,5', '%00'])(
    'seek=%s is refused',
    async (seek) => {
      await expectProblem(await call(`/sessions/${open()}/stream?seek=${seek}`), 400, 'bad_seek');
    },
  );

  test('serves segments whole and by range', async () => {
    const url = `/sessions/${open()}/stream/ok.ts`;
    const whole = await call(url);
    expect(whole.headers.get('Content-Type')).toBe('video/mp2t');
    expect(whole.headers.get('Accept-Ranges')).toBe('bytes');
    expect(await whole.text()).toBe('0123456789');
    const part = await call(url, { headers: { Range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('Content-Range'), await part.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ]);
    const beyond = await call(url, { headers: { Range: 'bytes=10-' } });
    expect(beyond.headers.get('Content-Range')).toBe('bytes */10');
    await expectProblem(beyond, 416, 'range_not_satisfiable');
    const head = await call(url, { method: 'HEAD', headers: { Range: 'bytes=2-4' } });
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, '10', '']);
  });

  test.each([
    'nothing.ts',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%2fok.ts',
    '%2e%2e',
    'ok.ts%00',
    '..%5cok.ts',
    '.hidden',
    `${'a'.repeat(200)}.ts`,
  ])('segment %s does not exist', async (name) => {
    const id = open();
    await expectProblem(await rawGet(`/sessions/${id}/stream/${name}`), 404, 'segment_not_found');
    await expectProblem(await rawGet(`/sessions/${id}/hls/v0/${name}`), 404, 'segment_not_found');
  });

  test.each([
    '/sessions/%zz',
    '/%',
    '/sessions/../../etc/passwd',
    '/sessions/',
    '/SESSIONS',
    '//sessions',
    '/x',
  ])('%s is nothing', async (path) => {
    await expectProblem(await rawGet(path), 404, 'not_found');
  });

  test('says how to wait', async () => {
    const answer = await call(`/sessions/${open()}/stream/slow.ts`);
    expect(answer.headers.get('Retry-After')).toBe('2');
    expect(await expectProblem(answer, 503, 'wait_exceeded')).toMatchObject({ stage: 'probe' });
  });

  test('hides what nobody foresaw, but logs it', async () => {
    const before = logLines.length;
    const text = JSON.stringify(
      await expectProblem(await call(`/sessions/${open()}/stream/crash.ts`), 500, 'internal'),
    );
    expect(text).not.toContain('boom');
    expect(text).not.toContain('.ts:');
    expect(logLines.slice(before).join('')).toContain('boom');
    expect(logLines.join('')).not.toContain('s3cret');
  });

  test('cancels the work of a client that left', async () => {
    const id = open();
    const controller = new AbortController();
    const request = call(`/sessions/${id}/stream/forever.ts`, { signal: controller.signal }).catch(
      () => 'left',
    );
    await store.get(id).waitStarted;
    controller.abort();
    expect(await request).toBe('left');
    expect(await store.get(id).waitAborted).toMatchObject({ code: 'aborted' });
  });

  test('serves renditions by their type', async () => {
    const id = open();
    expect((await call(`/sessions/${id}/master.m3u8`)).headers.get('Cache-Control')).toBe('no-store');
    expect((await call(`/sessions/${id}/hls/v0/playlist.m3u8`)).headers.get('Cache-Control')).toBe(
      'no-store',
    );
    const fragment = await call(`/sessions/${id}/hls/v0/0.m4s`);
    expect(fragment.headers.get('Cache-Control')).toContain('private, max-age=');
    expect(fragment.headers.get('Content-Type')).toBe('video/mp4');
  });
});
