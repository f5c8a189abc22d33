/** What a source turns out to be, when it is no film but says where one is. `m3u`: a plain list of links. */
export type ManifestKind = 'hls' | 'dash' | 'm3u';

/** How much of a source's beginning tells. An MPD may begin with comments. */
export const SNIFFED_BYTES = 4096;

const MPD_TYPE = 'application/dash+xml';

/**
 * The kind of manifest that begins with these bytes; null for anything else. The bytes decide, not the name or the type: servers name these in
 * every way there is. Only a type says whether XML with a long preamble is an MPD.
 */
export function manifestKind(head: Uint8Array, contentType: string | null): ManifestKind | null {
  const text = new TextDecoder('utf-8').decode(head.subarray(0, SNIFFED_BYTES)).trimStart();
  if (text.startsWith('#EXTM3U')) return /^#EXT-X-/m.test(text) ? 'hls' : 'm3u';
  if (!text.startsWith('<')) return null;
  return /<(?:\w+:)?MPD[\s>]/.test(text) || contentType === MPD_TYPE ? 'dash' : null;
}
