import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { ByteSource } from './byte-source.ts';
import { FileSource } from './file-source.ts';
import type { NameLookup } from './guarded-lookup.ts';
import type { HttpTimeouts } from './http/connections.ts';
import type { RetryPolicy } from './http/retry.ts';
import { HttpSource } from './http-source.ts';
import type { CacheBudget } from './range-cache/cache-budget.ts';
import { validateSourceUrl } from './validate-source.ts';

export type SourceSpec =
  | { kind: 'http'; url: string; headers?: Readonly<Record<string, string>> | undefined }
  | { kind: 'file'; path: string };

export interface SourceDeps {
  /** The run's own folder (`createRunFolder`). Each HTTP source makes one inside and removes it when closed. */
  cacheDir: string;
  /** Shared by all sources of a core. */
  budget: CacheBudget;
  /** Name look-up; `dns.lookup` unless told. What it finds is checked against the address policy. */
  lookup?: NameLookup | undefined;
  /** Which addresses count as public (`AddressScope`); by the registries' blocks unless told. */
  isPublic?: ((address: string) => boolean) | undefined;
  timeouts?: Partial<HttpTimeouts> | undefined;
  retry?: RetryPolicy | undefined;
}

/**
 * A source by its kind. Touches neither network nor disk beyond an empty folder; the first `open()`, `read()` or `stream()` does.
 * Throws `source_missing` or `source_refused`.
 */
export function openSource(spec: SourceSpec, deps: SourceDeps): ByteSource {
  if (spec.kind === 'file') return new FileSource(spec.path);
  return new HttpSource({
    ...deps,
    url: validateSourceUrl(spec.url),
    headers: spec.headers,
    folder: path.join(deps.cacheDir, `source-${randomUUID()}`),
  });
}
