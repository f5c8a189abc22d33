import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ByteSource } from '../byte-source.ts';
import { openSource, type SourceDeps } from '../open-source.ts';
import { CacheBudget } from '../range-cache/cache-budget.ts';
import { TestOrigin } from './origin.ts';

const MIB = 1024 * 1024;

/** Retries without noticeable waits. */
export const QUICK_RETRY = { attempts: 3, baseDelayMs: 1, maxDelayMs: 4, maxRetryAfterMs: 2000 };

/** What a test of an HTTP source needs; `close()` takes it all down again. */
export interface SourceFixture {
  origin: TestOrigin;
  cacheDir: string;
  open(
    deps?: Partial<SourceDeps> & { path?: string; url?: string; headers?: Record<string, string> },
  ): ByteSource;
  close(): Promise<void>;
}

export async function sourceFixture(content: Buffer): Promise<SourceFixture> {
  const origin = await new TestOrigin(content).listen();
  const cacheDir = await mkdtemp(path.join(tmpdir(), 'raffi-source-'));
  const sources: ByteSource[] = [];
  return {
    origin,
    cacheDir,
    open({ path: urlPath, url, headers, ...deps } = {}) {
      const source = openSource(
        { kind: 'http', url: url ?? origin.url(urlPath), headers },
        { cacheDir, budget: new CacheBudget(256 * MIB), retry: QUICK_RETRY, ...deps },
      );
      sources.push(source);
      return source;
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
      await origin.close();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}

/** All pieces of a stream in one. */
export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  // A piece may be a view of memory that is used again.
  for await (const piece of stream) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}
