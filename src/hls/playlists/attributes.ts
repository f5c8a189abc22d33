/**
 * A text as an RFC 8216bis §4.2 quoted-string. The grammar has no escapes: quotes and line breaks cannot be written at
 * all, so they are replaced. Titles come from media files, which may be hostile.
 */
export function quoted(text: string): string {
  return `"${plainText(text)}"`;
}

/**
 * A text without what a quoted-string may not hold (quotes, control characters) and what parsers trip over: line
 * separators, lone surrogates, and apostrophes, which hls-parser takes for quotes.
 */
export function plainText(text: string): string {
  return text
    .replace(/"/g, '\u201D')
    .replace(/'/g, '\u2019')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .trim();
}

/** A URI fit for a playlist's line or a quoted-string. Ours hold nothing to escape; this keeps it so for any input. */
export function playlistUri(uri: string): string {
  return uri
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/["\s\p{Cc}\p{Zl}\p{Zp}]/gu, (char) =>
      [...new TextEncoder().encode(char)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    );
}

/** An attribute list (§4.2); members without a value are left out. Texts are given as they are to be written, numbers become whole ones. */
export function attributeList(members: Record<string, string | number | undefined>): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'number' ? decimal(value, 0) : value}`)
    .join(',');
}

/** `#EXT-X-START` (§4.4.2.2): where a player begins; PRECISE, since a viewer asked for that very time. */
export function startTag(offsetSeconds: number): string {
  return `#EXT-X-START:${attributeList({ 'TIME-OFFSET': decimal(offsetSeconds, 6), PRECISE: 'YES' })}`;
}

/**
 * A decimal of the grammar, which knows no exponent and no infinity: no trailing zeros, no negative zero. Numbers beyond 2^53 come
 * from damaged files, since no time, rate or size is that large; they are cut to it, and what is no number is 0.
 */
export function decimal(value: number, digits: number): string {
  const finite = Number.isNaN(value)
    ? 0
    : Math.min(Math.max(value, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  const text = finite.toFixed(digits);
  const short = digits === 0 ? text : text.replace(/\.?0+$/, '');
  return short === '-0' ? '0' : short;
}
