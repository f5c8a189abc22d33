import { afterEach, expect, test, vi } from 'vitest';
import { MemorySource } from '../../test/support/memory-source.ts';
import { RaffiError } from '../errors.ts';
import { Prober } from '../probe/prober.ts';
import type { SessionDeps } from './deps.ts';
import { SharedSource } from './shared-source.ts';

afterEach(() => vi.restoreAllMocks());

test('the last who holds it closes it', async () => {
  const source = new MemorySource(new Uint8Array(8));
  const prober = new Prober({ examine: () => Promise.reject(new RaffiError('not_media', 'No film.')) });
  const deps = { openSource: () => source, createProber: () => prober } as unknown as SessionDeps;
  const closed = vi.spyOn(source, 'close');
  const ended = vi.spyOn(prober, 'close');
  const shared = new SharedSource({ source: 'http://host.example/film.mkv', kind: 'http' }, deps, () => {});
  shared.hold();
  await shared.release();
  expect(closed).not.toHaveBeenCalled();
  expect(ended).not.toHaveBeenCalled();
  await shared.release();
  expect(closed).toHaveBeenCalledTimes(1);
  expect(ended).toHaveBeenCalledTimes(1);
});
