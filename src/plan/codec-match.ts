/**
 * Does a list of RFC 6381 codec strings that a client found playable cover a track? Matched by family, profile and level, since
 * the client tries only a handful of strings and a decoder plays everything below what it passed.
 */

/** A track or a capability in one comparable form. `null` members are unknown and never the reason for a refusal. */
export interface CodecTraits {
  /** ffprobe's codec name: `h264`, `hevc`, `vp9`, `av1`, `aac`, … */
  codec: string;
  /**
   * H.264 profile_idc, HEVC general_profile_idc, VP9 or AV1 profile, MPEG-4 audio object type; null when unknown or without
   * meaning.
   */
  profile: number | null;
  /** In the codec's own numbering: H.264 × 10, HEVC × 30, VP9 × 10, AV1 seq_level_idx. */
  level: number | null;
  bitDepth: number | null;
}

/** Whether any of the strings covers the track. Strings that cannot be read cover nothing. */
export function isCovered(track: CodecTraits, codecStrings: readonly string[]): boolean {
  return codecStrings.some((codecString) => {
    const able = parseCodecString(codecString);
    return able !== null && covers(able, track);
  });
}

/** Reads one RFC 6381 string; null when it is of no family we know. */
export function parseCodecString(codecString: string): CodecTraits | null {
  const [tag = '', ...parts] = codecString.trim().split('.');
  const family = FAMILIES.get(tag.toLowerCase());
  if (family === undefined) return null;
  return { codec: family, profile: null, level: null, bitDepth: null, ...details(family, parts) };
}

/** Profile name as ffprobe writes it → the number in codec strings; null when unknown. */
export function profileNumber(codec: string, profileName: string | null): number | null {
  if (profileName === null) return null;
  const named = PROFILES.get(codec)?.get(profileName);
  if (named !== undefined) return named;
  const numbered = /^Profile (\d)$/.exec(profileName);
  return numbered ? Number(numbered[1]) : null;
}

/** The sample entries and bare names clients use (mp4ra.org; the MSE byte stream registry for `vp8`, `vorbis`). */
const FAMILIES = new Map(
  Object.entries({
    avc1: 'h264',
    avc3: 'h264',
    hvc1: 'hevc',
    hev1: 'hevc',
    dvh1: 'dolby-vision',
    dvhe: 'dolby-vision',
    vp8: 'vp8',
    vp08: 'vp8',
    vp9: 'vp9',
    vp09: 'vp9',
    av01: 'av1',
    mp4a: 'aac',
    mp3: 'mp3',
    opus: 'opus',
    flac: 'flac',
    vorbis: 'vorbis',
    'ac-3': 'ac3',
    'ec-3': 'eac3',
    dtsc: 'dts',
    dtse: 'dts',
    dtsh: 'dts',
    dtsl: 'dts',
    alac: 'alac',
  }),
);

const PROFILES = new Map(
  Object.entries({
    h264: {
      'Constrained Baseline': 66,
      Baseline: 66,
      Main: 77,
      Extended: 88,
      High: 100,
      'Constrained High': 100,
      'Progressive High': 100,
      'High 10': 110,
      'High 10 Intra': 110,
      'High 4:2:2': 122,
      'High 4:2:2 Intra': 122,
      'High 4:4:4': 244,
      'High 4:4:4 Predictive': 244,
      'High 4:4:4 Intra': 244,
      'CAVLC 4:4:4': 244,
    },
    hevc: { Main: 1, 'Main 10': 2, 'Main Still Picture': 3, Rext: 4, SCC: 9 },
    av1: { Main: 0, High: 1, Professional: 2 },
    aac: { Main: 1, LC: 2, SSR: 3, LTP: 4, 'HE-AAC': 5, LD: 23, 'HE-AACv2': 29, ELD: 39, 'xHE-AAC': 42 },
  }).map(([codec, numbers]: [string, Record<string, number>]) => [codec, new Map(Object.entries(numbers))]),
);

/** The details of a codec string after its tag; an absent part is unknown. */
function details(family: string, parts: string[]): Partial<CodecTraits> {
  const [first = '', second = '', third = ''] = parts;
  switch (family) {
    case 'h264':
      // RFC 6381 §3.3: profile_idc, constraint flags and level_idc as three hexadecimal bytes.
      if (!/^[0-9a-f]{6}$/i.test(first)) return {};
      return { profile: Number.parseInt(first.slice(0, 2), 16), level: Number.parseInt(first.slice(4), 16) };
    case 'hevc':
      // ISO/IEC 14496-15 Annex E: profile space and idc, compatibility flags, tier and level.
      return { profile: number(first.replace(/^[ABC]/i, '')), level: number(third.replace(/^[LH]/i, '')) };
    case 'vp9':
      return { profile: number(first) ?? 0, level: number(second), bitDepth: number(third) };
    case 'av1':
      return {
        profile: number(first),
        level: number(second.replace(/[MH]$/i, '')),
        bitDepth: number(third),
      };
    case 'aac':
      return mpeg4Audio(first.toLowerCase(), second);
    default:
      return {};
  }
}

/** `mp4a` holds more than AAC: the object type indication follows it (mp4ra.org). */
function mpeg4Audio(objectType: string, audioObject: string): Partial<CodecTraits> {
  if (objectType === '69' || objectType === '6b') return { codec: 'mp3' };
  if (objectType === 'a5') return { codec: 'ac3' };
  if (objectType === 'a6') return { codec: 'eac3' };
  if (objectType === 'a9') return { codec: 'dts' };
  if (objectType === '40' && audioObject === '34') return { codec: 'mp3' };
  return { profile: number(audioObject) };
}

function number(digits: string): number | null {
  return /^\d+$/.test(digits) ? Number(digits) : null;
}

function covers(able: CodecTraits, track: CodecTraits): boolean {
  if (able.codec !== track.codec) return false;
  if (!coversProfile(able, track)) return false;
  if (able.bitDepth !== null && track.bitDepth !== null && track.bitDepth > able.bitDepth) return false;
  return able.level === null || track.level === null || track.level <= able.level;
}

function coversProfile(able: CodecTraits, track: CodecTraits): boolean {
  if (able.profile === null || track.profile === null) return true;
  switch (able.codec) {
    case 'vp9':
      return able.profile === track.profile;
    case 'aac':
      // An SBR decoder plays plain LC; the other object types stand alone.
      if (track.profile === 2) return [2, 5, 29].includes(able.profile);
      if (track.profile === 5) return [5, 29].includes(able.profile);
      return able.profile === track.profile;
    case 'hevc':
      // Main Still Picture is a subset of Main; range extensions (4) and above stand alone.
      if (track.profile === 3) return able.profile <= 3;
      return able.profile === track.profile || (able.profile === 2 && track.profile === 1);
    case 'h264':
      // Extended (88) has tools that no later profile has.
      return track.profile === 88 ? able.profile === 88 : able.profile >= track.profile;
    default:
      return able.profile >= track.profile;
  }
}
