/**
 * An attribute list (RFC 8216 §4.2), quotes taken off. Read leniently, as players do: spaces around names and values do not matter, and what
 * follows the first thing that is no attribute is left out. The first of several members with one name counts.
 */
export function parseAttributes(text: string): Map<string, string> {
  const members = new Map<string, string>();
  const pattern = /\s*([A-Za-z0-9-]+)\s*=\s*(?:"([^"]*)"\s*|([^",]*))(?:,|$)/y;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [, name = '', quoted, bare = ''] = match;
    if (!members.has(name)) members.set(name, quoted ?? bare.trim());
    if (pattern.lastIndex >= text.length) break;
  }
  return members;
}

/** A line of a playlist: a tag with what follows its colon, or an address. Comments and empty lines are left out. */
export type PlaylistLine = { tag: string; value: string } | { uri: string };

/** The lines of a playlist, in order. Linear, whatever they hold. */
export function* playlistLines(text: string): Generator<PlaylistLine> {
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '') continue;
    if (!line.startsWith('#')) {
      yield { uri: line };
      continue;
    }
    if (!line.startsWith('#EXT')) continue;
    const colon = line.indexOf(':');
    yield colon === -1
      ? { tag: line.slice(1), value: '' }
      : { tag: line.slice(1, colon), value: line.slice(colon + 1) };
  }
}

/** A decimal number ≥ 0; null for anything else. */
export function decimalOf(text: string | undefined): number | null {
  const value = Number.parseFloat(text ?? '');
  return Number.isFinite(value) && value >= 0 ? value : null;
}

/** A whole number ≥ 0 that is exact in a double; null for anything else. */
export function integerOf(text: string | undefined): number | null {
  const value = /^\s*\d{1,16}\s*$/.test(text ?? '') ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

/** `<length>[@<offset>]` (§4.3.2.2); `next` is where the range before it ended. Null for anything else. */
export function byteRangeOf(text: string | undefined, next: number): { start: number; end: number } | null {
  const [length, offset] = (text ?? '').split('@').map(integerOf);
  if (length === undefined || length === null || length === 0 || offset === null) return null;
  const start = offset ?? next;
  return Number.isSafeInteger(start + length) ? { start, end: start + length } : null;
}
