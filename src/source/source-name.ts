import path from 'node:path';

/** The last path segment of a URL, decoded; the host where the path is empty. */
export function nameFromUrl(url: URL): string {
  const segment = url.pathname.split('/').filter(Boolean).at(-1);
  return (segment && cleanName(decode(segment))) || url.hostname;
}

/** The file name of a `Content-Disposition` header, `filename*` first (RFC 6266 §4.3); null when it names none. */
export function nameFromDisposition(header: string | undefined): string | null {
  if (!header) return null;
  const extended = /;\s*filename\*\s*=\s*([\w-]*)'[^']*'([^;\s]+)/i.exec(header);
  if (extended?.[2]) {
    const charset = extended[1]?.toLowerCase();
    return cleanName(charset === 'iso-8859-1' ? latin1(extended[2]) : decode(extended[2])) || null;
  }
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header);
  const raw = plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2];
  // Header values reach us as latin1; servers commonly send raw UTF-8 bytes.
  return raw === undefined ? null : cleanName(utf8(raw)) || null;
}

/** The media type of a `Content-Type` header, lower case, without parameters; null when there is none. */
export function mediaType(header: string | undefined): string | null {
  const type = header?.split(';')[0]?.trim().toLowerCase();
  return type?.includes('/') ? type : null;
}

/** No path, no control characters: the name is shown and offered as a file name, never used as one. */
function cleanName(name: string): string {
  return path.win32
    .basename(name)
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 255);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function latin1(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function utf8(text: string): string {
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  return decoded.includes('\uFFFD') ? text : decoded;
}
