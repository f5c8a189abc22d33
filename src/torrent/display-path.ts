const MAX_PART_CHARS = 255;
/** Names that Windows keeps for devices, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * A torrent's path for a person, and for the name under which a browser saves the file. Whoever made the torrent chose it: steps
 * upwards, separators, control and direction marks and device names are taken out. Nothing on disk is named by it.
 */
export function displayPath(parts: readonly string[]): string {
  const clean = parts.map(cleanPart).filter((part) => part !== '');
  return clean.length === 0 ? 'torrent' : clean.join('/');
}

function cleanPart(part: string): string {
  const visible = part
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/[/\\:*?"<>|]/g, '_')
    .trim();
  if (/^\.{1,2}$/.test(visible)) return '';
  const named = DEVICE.test(visible) ? `_${visible}` : visible;
  return named.slice(0, MAX_PART_CHARS);
}
