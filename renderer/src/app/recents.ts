/** One line of "recently opened". */
export interface Recent {
  name: string;
  /** Where from, for a person: the host, or empty for a file. */
  host: string;
  /** Only a link that carries no key can be opened again from here; null for all else. */
  url: string | null;
  isFile: boolean;
}

const KEY = 'raffi.recents';
const LIMIT = 6;

/** Newest first. Anything unreadable in the storage counts as nothing. */
export function loadRecents(storage: Storage): Recent[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isRecent).slice(0, LIMIT) : [];
  } catch {
    return [];
  }
}

/** Puts it first, once. Returns the new list. */
export function remember(storage: Storage, recent: Recent): Recent[] {
  const others = loadRecents(storage).filter((old) => old.name !== recent.name || old.host !== recent.host);
  const list = [recent, ...others].slice(0, LIMIT);
  storage.setItem(KEY, JSON.stringify(list));
  return list;
}

export function forgetRecents(storage: Storage): void {
  storage.removeItem(KEY);
}

/** A link as the list keeps it. */
export function recentOfUrl(url: string, name = nameOfUrl(url)): Recent {
  const parsed = new URL(url);
  if (parsed.protocol === 'magnet:') return { name, host: '', url: withoutTrackers(parsed), isFile: false };
  return {
    name,
    host: parsed.host,
    url: carriesKey(parsed) ? null : parsed.href,
    isFile: false,
  };
}

/** The last part of a link's path, as a person would call the film; the host where there is none. */
export function nameOfUrl(url: string): string {
  const { protocol, pathname, host, searchParams } = new URL(url);
  if (protocol === 'magnet:') return searchParams.get('dn') ?? 'Torrent';
  const last = pathname.split('/').findLast((part) => part !== '') ?? host;
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // A stray `%` in a name.
  }
}

/** A typed or pasted text as a link that can be opened, an info-hash as a magnet link; null when it is none. */
export function linkOf(text: string): string | null {
  const trimmed = text.trim();
  if (/^(?:[0-9a-f]{40}|[a-z2-7]{32})$/i.test(trimmed)) return `magnet:?xt=urn:btih:${trimmed}`;
  const isLocal = /^(localhost|\d+\.\d+\.\d+\.\d+)(:\d+)?(\/|$)/.test(trimmed);
  const hasPort = /^[^\s/:]+:\d+(\/|$)/.test(trimmed);
  // `example.com:8080` reads as a scheme to the URL parser.
  if (/^[a-z][a-z0-9+.-]*:/i.test(trimmed) && !hasPort) return URL.canParse(trimmed) ? trimmed : null;
  const guess = `${isLocal ? 'http' : 'https'}://${trimmed}`;
  return (isLocal || hasPort || /^[^\s/]+\.[^\s]+$/.test(trimmed)) && URL.canParse(guess) ? guess : null;
}

/** A query, a user or a long random part of the path may be a key to somebody's account: never stored. */
function carriesKey(url: URL): boolean {
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') return true;
  return url.pathname
    .split('/')
    .slice(0, -1)
    .some((part) => /^(?=.*\d)[\w-]{20,}$/.test(part));
}

/** Only what a torrent is: its trackers' addresses may carry a key to somebody's account. */
function withoutTrackers({ searchParams }: URL): string {
  const name = searchParams.get('dn');
  const topic = searchParams.getAll('xt').find((value) => /^urn:btih:/i.test(value)) ?? '';
  return `magnet:?xt=${topic}${name === null ? '' : `&dn=${encodeURIComponent(name)}`}`;
}

function isRecent(value: unknown): value is Recent {
  if (typeof value !== 'object' || value === null) return false;
  const { name, host, url, isFile } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    typeof host === 'string' &&
    (typeof url === 'string' || url === null) &&
    typeof isFile === 'boolean'
  );
}
