import { RaffiError } from '../errors.ts';
import type { OriginSegment } from './origin.ts';

/** A rendition of a presentation: `v<n>` is a variant, `a<n>` an audio track, `s<n>` subtitles. */
export type OriginRenditionId = `${'v' | 'a' | 's'}${number}`;

export type OriginAsset =
  | { kind: 'playlist' }
  | { kind: 'init'; number: number }
  | { kind: 'segment'; sequence: number; contentType: string };

/** What segments are called, and by which type they go. An origin's own type is not passed on: it might be a page. */
const CONTENT_TYPES = {
  ts: 'video/mp2t',
  m4s: 'video/mp4',
  aac: 'audio/aac',
  mp3: 'audio/mpeg',
  vtt: 'text/vtt',
} as const;
export const INIT_TYPE = 'video/mp4';

/** @throws `segment_not_found` for names that no playlist of ours holds. */
export function parseOriginRendition(name: string): OriginRenditionId {
  if (!/^[vas]\d{1,3}$/.test(name)) throw unknownName();
  return name as OriginRenditionId;
}

/** @throws `segment_not_found` */
export function parseOriginAsset(name: string): OriginAsset {
  if (name === 'playlist.m3u8') return { kind: 'playlist' };
  const init = /^init-(\d{1,9})\.mp4$/.exec(name)?.[1];
  if (init !== undefined) return { kind: 'init', number: Number(init) };
  const [, sequence, extension] = /^(\d{1,16})\.(\w{2,3})$/.exec(name) ?? [];
  if (sequence === undefined || !(extension && extension in CONTENT_TYPES)) throw unknownName();
  return {
    kind: 'segment',
    sequence: Number(sequence),
    contentType: CONTENT_TYPES[extension as keyof typeof CONTENT_TYPES],
  };
}

export function initName(number: number): string {
  return `init-${number}.mp4`;
}

/** The number of a segment says which it is, never its address at the origin, which may carry a key. */
export function segmentName(sequence: number, segment: Pick<OriginSegment, 'init' | 'resource'>): string {
  return `${sequence}.${containerOf(segment)}`;
}

/** What a segment is packed in: fragmented MP4 needs an init segment; the rest goes by its name, MPEG-TS being the rule. */
export function containerOf({
  init,
  resource,
}: Pick<OriginSegment, 'init' | 'resource'>): keyof typeof CONTENT_TYPES {
  if (init !== null) return 'm4s';
  const extension = /\.(aac|mp3|vtt|webvtt)$/i.exec(resource.url.pathname)?.[1]?.toLowerCase();
  if (extension === 'webvtt') return 'vtt';
  return (extension as 'aac' | 'mp3' | 'vtt' | undefined) ?? 'ts';
}

function unknownName(): RaffiError {
  return new RaffiError(
    'segment_not_found',
    'There is no such segment. Fetch master.m3u8 again for the right names.',
  );
}
