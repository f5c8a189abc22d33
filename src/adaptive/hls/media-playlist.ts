import type { Resource } from '../../source/http-resources.ts';
import { checkSegmentCount, damaged, KEY_BYTES, protectedMedia, resolveUrl } from '../limits.ts';
import type { OriginInit, OriginKey, OriginPlaylist, OriginSegment } from '../origin.ts';
import { byteRangeOf, decimalOf, integerOf, parseAttributes, playlistLines } from './attribute-list.ts';

/** A segment of no length would make a player ask for ever. */
const MIN_SEGMENT_SECONDS = 0.001;
const MAX_SEGMENT_SECONDS = 3600;

/**
 * An HLS media playlist (RFC 8216 §4.3.2, §4.3.3). Written here rather than left to a library: of the two kept ones, m3u8-parser takes group
 * names for keys of plain objects (`__proto__` changes every object of the process), and hls-parser takes apostrophes for quotes and throws on
 * titles that are not ASCII. Partial segments are left out: their whole segments follow.
 *
 * @param base the address that it was fetched from, after redirects
 * @throws `media_damaged`, `media_protected`, `source_refused`.
 */
export function parseMediaPlaylist(text: string, base: URL): OriginPlaylist {
  const playlist: OriginPlaylist = {
    hasEnded: false,
    type: 'live',
    firstSequence: 0,
    discontinuitySequence: 0,
    targetDurationSeconds: 0,
    segments: [],
  };
  const reader = new SegmentReader(base, playlist.segments);
  for (const line of playlistLines(text)) {
    if ('uri' in line) {
      reader.add(line.uri, playlist.firstSequence);
      checkSegmentCount(playlist.segments.length);
    } else if (line.tag === 'EXT-X-ENDLIST') playlist.hasEnded = true;
    else if (line.tag === 'EXT-X-PLAYLIST-TYPE') {
      if (/^\s*event/i.test(line.value)) playlist.type = 'event';
    } else if (line.tag === 'EXT-X-TARGETDURATION') {
      playlist.targetDurationSeconds = Math.min(decimalOf(line.value) ?? 0, MAX_SEGMENT_SECONDS);
    } else if (line.tag === 'EXT-X-MEDIA-SEQUENCE') playlist.firstSequence = integerOf(line.value) ?? 0;
    else if (line.tag === 'EXT-X-DISCONTINUITY-SEQUENCE')
      playlist.discontinuitySequence = integerOf(line.value) ?? 0;
    else reader.tag(line.tag, line.value);
  }
  if (playlist.hasEnded) playlist.type = 'vod';
  return playlist;
}

/** Collects what the tags before an address say of the segment there, and of those that follow it. */
class SegmentReader {
  readonly #base: URL;
  readonly #segments: OriginSegment[];
  #durationSeconds: number | null = null;
  #range: string | undefined;
  /** End of the last range, and of which file: the next one may begin there. */
  #last: { href: string; end: number } = { href: '', end: 0 };
  #init: { init: Omit<OriginInit, 'key'>; key: KeyTag | null } | null = null;
  #key: KeyTag | null = null;
  #isProtected = false;
  #isDiscontinuity = false;
  #programDateTime: string | null = null;
  #isGap = false;

  constructor(base: URL, segments: OriginSegment[]) {
    this.#base = base;
    this.#segments = segments;
  }

  tag(name: string, value: string): void {
    switch (name) {
      case 'EXTINF':
        this.#durationSeconds = Math.min(
          Math.max(decimalOf(value) ?? 0, MIN_SEGMENT_SECONDS),
          MAX_SEGMENT_SECONDS,
        );
        break;
      case 'EXT-X-BYTERANGE':
        this.#range = value;
        break;
      case 'EXT-X-KEY':
        this.#setKey(parseAttributes(value));
        break;
      case 'EXT-X-MAP':
        this.#setInit(parseAttributes(value));
        break;
      case 'EXT-X-DISCONTINUITY':
        this.#isDiscontinuity = true;
        break;
      case 'EXT-X-GAP':
        this.#isGap = true;
        break;
      case 'EXT-X-PROGRAM-DATE-TIME':
        this.#programDateTime = /^[\dT:.+\-Zz ]{10,40}$/.test(value.trim()) ? value.trim() : null;
        break;
    }
  }

  /** An address is one of a segment where it follows an EXTINF. */
  add(uri: string, firstSequence: number): void {
    if (this.#durationSeconds === null) return;
    if (this.#isProtected) throw protectedMedia();
    const url = resolveUrl(uri, this.#base);
    const sequence = firstSequence + this.#segments.length;
    this.#segments.push({
      resource: { url, range: this.#rangeOf(url) },
      durationSeconds: this.#durationSeconds,
      init: this.#init && { ...this.#init.init, key: keyFor(this.#init.key, sequence) },
      key: keyFor(this.#key, sequence),
      isDiscontinuity: this.#isDiscontinuity,
      programDateTime: this.#programDateTime,
      isGap: this.#isGap,
    });
    this.#durationSeconds = null;
    this.#range = undefined;
    this.#isDiscontinuity = false;
    this.#programDateTime = null;
    this.#isGap = false;
  }

  #rangeOf(url: URL): Resource['range'] {
    if (this.#range === undefined) return null;
    const range = byteRangeOf(this.#range, this.#last.href === url.href ? this.#last.end : 0);
    if (range === null) throw damaged('names a part of a file that is not valid');
    this.#last = { href: url.href, end: range.end };
    return range;
  }

  #setInit(attributes: Map<string, string>): void {
    const url = resolveUrl(attributes.get('URI') ?? '', this.#base);
    const range = attributes.has('BYTERANGE') ? byteRangeOf(attributes.get('BYTERANGE'), 0) : null;
    this.#init = { init: { resource: { url, range } }, key: this.#key };
  }

  /** Tags with one method and several key formats are alternatives (§4.3.2.4): the plain one will do. */
  #setKey(attributes: Map<string, string>): void {
    const method = attributes.get('METHOD')?.toUpperCase();
    const isPlain = (attributes.get('KEYFORMAT') ?? 'identity') === 'identity';
    if (method === 'NONE') {
      this.#key = null;
      this.#isProtected = false;
    } else if (method === 'AES-128' && isPlain) {
      this.#key = { key: keyAddress(attributes.get('URI') ?? '', this.#base), iv: attributes.get('IV') };
      this.#isProtected = false;
    } else if (this.#key === null) this.#isProtected = true;
  }
}

interface KeyTag {
  key: URL | Uint8Array;
  iv: string | undefined;
}

/** A key may be written into the playlist itself; nothing else may. */
function keyAddress(uri: string, base: URL): URL | Uint8Array {
  const inline = /^data:[^,;]*;base64,([A-Za-z0-9+/=_-]{1,64})$/.exec(uri)?.[1];
  if (inline === undefined) return resolveUrl(uri, base);
  const bytes = new Uint8Array(Buffer.from(inline, 'base64'));
  if (bytes.length !== KEY_BYTES) throw damaged('holds a key that is not valid');
  return bytes;
}

/** Without an IV of its own, a segment's number is it, as a big-endian 128-bit integer (§5.2). */
function keyFor(tag: KeyTag | null, sequence: number): OriginKey | null {
  if (tag === null) return null;
  const iv = Buffer.alloc(KEY_BYTES);
  const digits = /^0x([0-9a-f]{1,32})$/i.exec(tag.iv ?? '')?.[1];
  if (digits === undefined) iv.writeBigUInt64BE(BigInt(sequence), 8);
  else iv.write(digits.padStart(32, '0'), 'hex');
  return { key: tag.key, iv: new Uint8Array(iv) };
}
