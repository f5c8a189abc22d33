import { MAX_RENDITIONS, MAX_VARIANTS, resolveUrl } from '../limits.ts';
import type { OriginRendition, OriginTrack, OriginVariant } from '../origin.ts';
import { decimalOf, integerOf, parseAttributes, playlistLines } from './attribute-list.ts';

/** Whether an HLS playlist lists variants rather than segments. */
export function isMultivariant(text: string): boolean {
  return /^#EXT-X-STREAM-INF:/m.test(text);
}

/**
 * An HLS multivariant playlist (RFC 8216 §4.3.4). I-frame playlists are left out, as is what lies beyond the bounds.
 *
 * @param trackAt the track whose media playlist lies at an address
 * @throws `media_damaged`, `source_refused`.
 */
export function parseMultivariantPlaylist(
  text: string,
  base: URL,
  trackAt: (url: URL) => OriginTrack,
): { variants: OriginVariant[]; audio: OriginRendition[]; subtitles: OriginRendition[] } {
  const variants: OriginVariant[] = [];
  const renditions = { AUDIO: [] as OriginRendition[], SUBTITLES: [] as OriginRendition[] };
  let described: Map<string, string> | null = null;
  for (const line of playlistLines(text)) {
    if ('uri' in line) {
      if (described && variants.length < MAX_VARIANTS)
        variants.push(variantOf(described, trackAt(resolveUrl(line.uri, base))));
      described = null;
    } else if (line.tag === 'EXT-X-STREAM-INF') described = parseAttributes(line.value);
    else if (line.tag === 'EXT-X-MEDIA') {
      const attributes = parseAttributes(line.value);
      const type = attributes.get('TYPE');
      if (type !== 'AUDIO' && type !== 'SUBTITLES') continue;
      const list = renditions[type];
      if (list.length >= MAX_RENDITIONS) continue;
      const uri = attributes.get('URI');
      list.push(renditionOf(attributes, uri === undefined ? null : trackAt(resolveUrl(uri, base))));
    }
  }
  return { variants, audio: renditions.AUDIO, subtitles: renditions.SUBTITLES };
}

function variantOf(attributes: Map<string, string>, track: OriginTrack): OriginVariant {
  const [, width, height] = /^(\d{1,6})x(\d{1,6})$/i.exec(attributes.get('RESOLUTION') ?? '') ?? [];
  const range = attributes.get('VIDEO-RANGE');
  return {
    bandwidth: integerOf(attributes.get('BANDWIDTH')) ?? 0,
    averageBandwidth: integerOf(attributes.get('AVERAGE-BANDWIDTH')),
    codecs: codecsOf(attributes.get('CODECS')),
    width: width === undefined ? null : Number(width),
    height: height === undefined ? null : Number(height),
    frameRate: decimalOf(attributes.get('FRAME-RATE')),
    videoRange: range === 'SDR' || range === 'HLG' || range === 'PQ' ? range : null,
    audioGroup: attributes.get('AUDIO') ?? null,
    subtitleGroup: attributes.get('SUBTITLES') ?? null,
    track,
  };
}

function renditionOf(attributes: Map<string, string>, track: OriginTrack | null): OriginRendition {
  return {
    groupId: attributes.get('GROUP-ID') ?? '',
    name: attributes.get('NAME') ?? '',
    language: attributes.get('LANGUAGE') ?? null,
    isDefault: attributes.get('DEFAULT') === 'YES',
    isForced: attributes.get('FORCED') === 'YES',
    channels: integerOf(attributes.get('CHANNELS')?.split('/')[0]),
    codecs: [],
    track,
  };
}

/** Text travels beside the picture and needs no decoder. */
const TEXT = /^(wvtt|stpp|tx3g)/i;

/** The members of a CODECS attribute that a decoder is needed for. */
export function codecsOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((codec) => codec.trim())
    .filter((codec) => /^[\w.-]{1,64}$/.test(codec) && !TEXT.test(codec));
}
