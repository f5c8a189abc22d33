import { describe, expect, test } from 'vitest';
import { RaffiError } from '../../errors.ts';
import type { SourceInfo } from '../../source/byte-source.ts';
import { MemorySource } from '../memory-store.fixture.ts';
import { expectProblem, useTestApp } from '../test-app.fixture.ts';

const { call, open, store } = useTestApp();

describe('GET /sessions/:id/direct', () => {
  test('serves the source whole and by range', async () => {
    const id = openWith(new MemorySource(bytes(1000)));
    const whole = await call(`/sessions/${id}/direct`);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'video/x-matroska',
      'content-length': '1000',
      'accept-ranges': 'bytes',
      'content-disposition': "inline; filename*=UTF-8''film.mkv",
      'cache-control': 'no-store',
    });
    expect(await bodyOf(whole)).toEqual(bytes(1000));
    const cases = [
      ['bytes=0-0', 0, 1],
      ['bytes=10-', 10, 1000],
      ['bytes=-5', 995, 1000],
      ['bytes=990-5000', 990, 1000],
    ] as const;
    for (const [range, start, end] of cases) {
      const part = await call(`/sessions/${id}/direct`, { headers: { Range: range } });
      expect([part.status, part.headers.get('Content-Range')]).toEqual([
        206,
        `bytes ${start}-${end - 1}/1000`,
      ]);
      expect(part.headers.get('Content-Length')).toBe(String(end - start));
      expect(await bodyOf(part)).toEqual(bytes(1000).subarray(start, end));
    }
    const beyond = await call(`/sessions/${id}/direct`, { headers: { Range: 'bytes=1000-' } });
    expect(beyond.headers.get('Content-Range')).toBe('bytes */1000');
    await expectProblem(beyond, 416, 'range_not_satisfiable');
  });

  test('answers HEAD without reading', async () => {
    const source = new MemorySource(bytes(10));
    const id = openWith(source);
    source.stream = () => {
      throw new Error('read');
    };
    const head = await call(`/sessions/${id}/direct`, { method: 'HEAD' });
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, '10', '']);
  });

  test('heeds If-Range', async () => {
    const id = openWith(new MemorySource(bytes(10)));
    const ask = (validator: string) =>
      call(`/sessions/${id}/direct`, { headers: { Range: 'bytes=1-2', 'If-Range': validator } });
    const etag = (await ask('"other"')).headers.get('ETag') ?? '';
    expect((await ask('"other"')).status).toBe(200);
    expect((await ask('Wed, 21 Oct 2015 07:28:00 GMT')).status).toBe(200);
    expect((await ask(etag)).status).toBe(206);
  });

  test('serves an empty source', async () => {
    const answer = await call(`/sessions/${openWith(new MemorySource(bytes(0)))}/direct`);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  test.each([
    [{ name: 'film.mkv', contentType: 'video/webm' }, 'video/webm'],
    [{ name: 'film.MP4', contentType: 'application/octet-stream' }, 'video/mp4'],
    [{ name: 'film.mp4', contentType: 'text/html' }, 'video/mp4'],
    [{ name: 'page.html', contentType: 'text/html' }, 'application/octet-stream'],
    [{ name: 'x', contentType: 'video/mp4\r\nx: y' }, 'application/octet-stream'],
    [{ name: 'x', contentType: 'image/svg+xml' }, 'application/octet-stream'],
  ])('%j is served as %s', async (info, expected) => {
    const answer = await call(`/sessions/${openWith(new NamedSource(info))}/direct`);
    expect(answer.headers.get('Content-Type')).toBe(expected);
  });

  test('names any file', async () => {
    const info = { name: 'Amélie "(1)"\n\uD800*.mkv', contentType: null };
    const answer = await call(`/sessions/${openWith(new NamedSource(info))}/direct`);
    expect(answer.headers.get('Content-Disposition')).toBe(
      "inline; filename*=UTF-8''Am%C3%A9lie%20%22%281%29%22%0A%EF%BF%BD%2A.mkv",
    );
  });

  test('tells why a source cannot be read', async () => {
    const source = new MemorySource(bytes(10));
    source.open = async () => {
      throw new RaffiError('source_not_found', 'The origin says there is no such film.');
    };
    await expectProblem(await call(`/sessions/${openWith(source)}/direct`), 404, 'source_not_found');
    const unread = new MemorySource(bytes(10));
    unread.stream = failAfter([], new RaffiError('source_timeout', 'The origin does not answer.'));
    const answer = await call(`/sessions/${openWith(unread)}/direct`, { headers: { Range: 'bytes=0-4' } });
    expect(answer.headers.get('Content-Range')).toBeNull();
    await expectProblem(answer, 504, 'source_timeout');
  });

  test('says what it waits for when a source is slow to open', async () => {
    const source = new MemorySource(bytes(10));
    source.open = async () => {
      throw new RaffiError('wait_exceeded', 'The film is not ready after 15 s.', {
        retryAfterSeconds: 1,
        data: { stage: 'connect' },
      });
    };
    for (const method of ['GET', 'HEAD']) {
      const answer = await call(`/sessions/${openWith(source)}/direct`, { method });
      expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '1']);
    }
  });

  test('cuts the answer short when the source fails half-way', async () => {
    for (const failure of [null, new RaffiError('source_failed', 'The origin gave up.')]) {
      const source = new MemorySource(bytes(10));
      source.stream = failAfter([bytes(4)], failure);
      await expect(bodyOf(await call(`/sessions/${openWith(source)}/direct`))).rejects.toThrow();
    }
  });

  test('stops reading when the client leaves', async () => {
    const source = new EndlessSource();
    const controller = new AbortController();
    const answer = await call(`/sessions/${openWith(source)}/direct`, { signal: controller.signal });
    await answer.body?.getReader().read();
    controller.abort();
    expect(await source.stopped).toMatchObject({ code: 'aborted' });
  });
});

class NamedSource extends MemorySource {
  readonly #info: Pick<SourceInfo, 'name' | 'contentType'>;

  constructor(info: Pick<SourceInfo, 'name' | 'contentType'>) {
    super(bytes(1));
    this.#info = info;
  }

  override async open() {
    return { ...this.#info, sizeBytes: 1, contentType: this.#info.contentType as null };
  }
}

/** 1 TiB. */
class EndlessSource extends MemorySource {
  readonly stopped: Promise<unknown>;
  #stop: (reason: unknown) => void = () => {};

  constructor() {
    super(bytes(0));
    this.stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  override async open() {
    return { sizeBytes: 2 ** 40, name: 'film.mkv', contentType: null };
  }

  override async *stream(_start: number, _end: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    signal?.addEventListener('abort', () => this.#stop(signal.reason));
    const piece = bytes(256 * 1024);
    while (!signal?.aborted) yield piece;
  }
}

function openWith(source: MemorySource): string {
  const id = open();
  store.get(id).source = source;
  return id;
}

function failAfter(pieces: Uint8Array[], failure: RaffiError | null) {
  return async function* () {
    yield* pieces;
    if (failure) throw failure;
  };
}

function bytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => index % 251);
}

async function bodyOf(answer: Response): Promise<Uint8Array> {
  return new Uint8Array(await answer.arrayBuffer());
}
