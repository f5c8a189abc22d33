import type { NewSession } from '../api/client.ts';

/** What a person opened. */
export type Item =
  | { kind: 'url'; url: string; name: string }
  /** Made before: by the main process of a local path, which never comes here, or of a file of the torrent that a link leads to. */
  | { kind: 'session'; id: string; name: string; from?: { link: string; fileIdx: number } };

/** Where it comes from; null of a local path. */
export function linkTo(item: Item): string | null {
  return item.kind === 'url' ? item.url : (item.from?.link ?? null);
}

/** What makes a session of it; null of a local path, of which only the main process can. */
export function requestOf(item: Item): Pick<NewSession, 'source' | 'kind' | 'fileIdx'> | null {
  if (item.kind === 'url') return { source: item.url };
  return item.from ? { source: item.from.link, kind: 'torrent', fileIdx: item.from.fileIdx } : null;
}
