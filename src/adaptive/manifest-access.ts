import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { HttpResources } from '../source/http-resources.ts';
import type { SourceDeps } from '../source/open-source.ts';
import { validateSourceUrl } from '../source/validate-source.ts';
import type { PresentationAccess } from './presentation.ts';
import { SegmentStore } from './segments/segment-store.ts';

/** What is needed to open a manifest: where it is, and the means to fetch and keep what it names. */
export interface ManifestAccess {
  url: URL;
  /** Whoever calls it closes what it gives. */
  open: () => PresentationAccess;
}

/** What a manifest names is fetched as the manifest was: with its headers, and from where its source may lead. Throws `source_missing`, `source_refused`. */
export function manifestAccess(
  manifest: { url: string; headers?: Readonly<Record<string, string>> | undefined },
  { cacheDir, budget, ...network }: SourceDeps,
): ManifestAccess {
  const url = validateSourceUrl(manifest.url);
  return {
    url,
    open: () => ({
      resources: new HttpResources({ ...network, url, headers: manifest.headers }),
      store: new SegmentStore({ folder: path.join(cacheDir, `segments-${randomUUID()}`), budget }),
      now: () => performance.now(),
    }),
  };
}
