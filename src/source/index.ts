/** Sources of bytes: everything that reads a film reads through a `ByteSource`. */
export type { ByteSource, SourceInfo, SourceStats } from './byte-source.ts';
export { openSource, type SourceDeps, type SourceSpec } from './open-source.ts';
export { CacheBudget } from './range-cache/cache-budget.ts';
export { createRunFolder, type RunFolder, removeStaleRuns } from './range-cache/run-folder.ts';
export { validateSourceUrl } from './validate-source.ts';
export { watchedLookup } from './watched-lookup.ts';
