import { attributeList, decimal, plainText, playlistUri, quoted, startTag } from './attributes.ts';

/** An EXT-X-STREAM-INF (RFC 8216bis §4.4.6.2). */
export interface Variant {
  uri: string;
  /** Peak bits per second, audio included. */
  bandwidth: number;
  averageBandwidth?: number;
  /** RFC 6381 strings of every format in the variant and its audio group. */
  codecs: readonly string[];
  /** Pixels; absent for audio alone. */
  width?: number;
  height?: number;
  /** Frames per second. */
  frameRate?: number;
  videoRange?: 'SDR' | 'HLG' | 'PQ';
  /** `groupId` of the audio renditions it plays with. */
  audioGroup?: string;
  /** The same of the subtitles it may be shown with. */
  subtitleGroup?: string;
}

/** An EXT-X-I-FRAME-STREAM-INF (§4.4.6.3): what a variant is described by, without what concerns sound and motion. */
export type IFrameVariant = Pick<Variant, 'uri' | 'bandwidth' | 'codecs' | 'width' | 'height' | 'videoRange'>;

/** An EXT-X-MEDIA of TYPE=AUDIO (§4.4.6.1). */
export interface AudioRendition {
  groupId: string;
  /** A person's name for it; made unique within the group. */
  name: string;
  /** BCP 47 or ISO 639; absent when unknown. */
  language?: string;
  /** Absent when the track is in the variants' own segments. */
  uri?: string;
  isDefault: boolean;
  channels?: number;
}

/** An EXT-X-MEDIA of TYPE=SUBTITLES (§4.4.6.1). */
export interface SubtitleRendition extends Pick<AudioRendition, 'groupId' | 'name' | 'language'> {
  uri: string;
  /** Shows only what must be read to follow the film: players show it unasked. */
  isForced: boolean;
}

export interface MasterPlaylist {
  variants: readonly Variant[];
  audio: readonly AudioRendition[];
  subtitles?: readonly SubtitleRendition[];
  iFrames: readonly IFrameVariant[];
  /** True when every segment of every rendition begins with a frame that needs no earlier one. */
  independentSegments: boolean;
  /** Where the player begins, seconds. */
  startOffsetSeconds?: number;
}

/** A multivariant playlist. */
export function writeMasterPlaylist(playlist: MasterPlaylist): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6'];
  if (playlist.independentSegments) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  if (playlist.startOffsetSeconds !== undefined) lines.push(startTag(playlist.startOffsetSeconds));
  lines.push(...audioTags(playlist.audio), ...subtitleTags(playlist.subtitles ?? []));
  for (const variant of playlist.variants) {
    lines.push(`#EXT-X-STREAM-INF:${variantAttributes(variant)}`, playlistUri(variant.uri));
  }
  for (const { uri, ...described } of playlist.iFrames) {
    const attributes = `${variantAttributes(described)},${attributeList({ URI: quoted(playlistUri(uri)) })}`;
    lines.push(`#EXT-X-I-FRAME-STREAM-INF:${attributes}`);
  }
  lines.push('');
  return lines.join('\n');
}

/** Names are unique and at most one member is the default within a group (§4.4.6.1.1). */
function audioTags(renditions: readonly AudioRendition[]): string[] {
  const taken = new Set<string>();
  const groupsWithDefault = new Set<string>();
  return renditions.map((rendition) => {
    const isDefault = rendition.isDefault && !groupsWithDefault.has(rendition.groupId);
    if (isDefault) groupsWithDefault.add(rendition.groupId);
    return `#EXT-X-MEDIA:${attributeList({
      TYPE: 'AUDIO',
      'GROUP-ID': quoted(rendition.groupId),
      NAME: quoted(uniqueName(rendition, taken)),
      LANGUAGE: languageTag(rendition.language),
      DEFAULT: isDefault ? 'YES' : 'NO',
      AUTOSELECT: 'YES',
      CHANNELS: rendition.channels === undefined ? undefined : quoted(String(rendition.channels)),
      URI: rendition.uri === undefined ? undefined : quoted(playlistUri(rendition.uri)),
    })}`;
  });
}

/** None is the default: what a player is to show without being asked is for the viewer to say, but for what is forced (§4.4.6.1). */
function subtitleTags(renditions: readonly SubtitleRendition[]): string[] {
  const taken = new Set<string>();
  return renditions.map(
    (rendition) =>
      `#EXT-X-MEDIA:${attributeList({
        TYPE: 'SUBTITLES',
        'GROUP-ID': quoted(rendition.groupId),
        NAME: quoted(uniqueName(rendition, taken)),
        LANGUAGE: languageTag(rendition.language),
        DEFAULT: 'NO',
        AUTOSELECT: 'YES',
        FORCED: rendition.isForced ? 'YES' : 'NO',
        URI: quoted(playlistUri(rendition.uri)),
      })}`,
  );
}

function uniqueName(rendition: Pick<AudioRendition, 'groupId' | 'name'>, taken: Set<string>): string {
  const base = [...plainText(rendition.name)].slice(0, MAX_NAME_CHARS).join('').trim() || 'Track';
  let name = base;
  for (let copy = 2; taken.has(`${rendition.groupId}\n${name}`); copy++) name = `${base} (${copy})`;
  taken.add(`${rendition.groupId}\n${name}`);
  return name;
}

/** Players hand LANGUAGE to `Intl`, which throws on what is no tag; a hostile one is left out. */
function languageTag(language: string | undefined): string | undefined {
  return language !== undefined && /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i.test(language)
    ? quoted(language)
    : undefined;
}

function variantAttributes(variant: Omit<Variant, 'uri'>): string {
  const { width, height, frameRate, averageBandwidth } = variant;
  return attributeList({
    BANDWIDTH: wholeBits(variant.bandwidth),
    'AVERAGE-BANDWIDTH': averageBandwidth === undefined ? undefined : wholeBits(averageBandwidth),
    CODECS: variant.codecs.length === 0 ? undefined : quoted([...new Set(variant.codecs)].join(',')),
    RESOLUTION: width === undefined || height === undefined ? undefined : `${width}x${height}`,
    'FRAME-RATE': frameRate === undefined ? undefined : decimal(frameRate, 3),
    'VIDEO-RANGE': variant.videoRange,
    AUDIO: variant.audioGroup === undefined ? undefined : quoted(variant.audioGroup),
    SUBTITLES: variant.subtitleGroup === undefined ? undefined : quoted(variant.subtitleGroup),
  });
}

function wholeBits(bitsPerSecond: number): number {
  return Math.max(1, Math.ceil(bitsPerSecond));
}

const MAX_NAME_CHARS = 200;
