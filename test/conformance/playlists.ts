import HLS, { type types } from 'hls-parser';
import { Parser } from 'm3u8-parser';
import { expect } from 'vitest';

/** A media playlist as both parsers read it. */
export interface MediaPlaylist {
  targetDuration: number;
  /** URI of the init segment; null in MPEG-TS. */
  map: string | null;
  iFramesOnly: boolean;
  segments: { uri: string; durationSeconds: number }[];
}

/** A variant, or its I-frames. */
export interface Variant {
  uri: string;
  codecs: string;
  bandwidth: number;
  resolution: { width: number; height: number } | undefined;
  videoRange: string | undefined;
}

/** A multivariant playlist as both parsers read it. */
export interface MasterPlaylist {
  variants: Variant[];
  iFrames: Variant[];
  audio: { uri: string; isDefault: boolean; language: string | undefined }[];
}

/** Reads a media playlist with two parsers that know nothing of each other, and expects them to agree. */
export function readMediaPlaylist(text: string): MediaPlaylist {
  const one = HLS.parse(text);
  if (one.isMasterPlaylist) throw new Error('This is a multivariant playlist');
  const media = one as types.MediaPlaylist;
  const other = parseM3u8(text);
  expect(media.playlistType).toBe('VOD');
  expect(media.endlist).toBe(true);
  expect(other.endList).toBe(true);
  expect(other.playlistType).toBe('VOD');
  const segments = media.segments.map(({ uri, duration }) => ({ uri, durationSeconds: duration }));
  expect(other.segments.map(({ uri, duration }) => ({ uri, durationSeconds: duration }))).toEqual(segments);
  expect(other.targetDuration).toBe(media.targetDuration);
  const map = media.segments[0]?.map?.uri ?? null;
  expect(other.segments[0]?.map?.uri ?? null).toBe(map);
  const iFramesOnly = media.isIFrame ?? false;
  expect(other.iFramesOnly ?? false).toBe(iFramesOnly);
  return { targetDuration: media.targetDuration, map, iFramesOnly, segments };
}

/** Reads a multivariant playlist with both parsers, and expects them to agree. */
export function readMasterPlaylist(text: string): MasterPlaylist {
  const one = HLS.parse(text);
  if (!one.isMasterPlaylist) throw new Error('This is a media playlist');
  const master = one as types.MasterPlaylist;
  const other = parseM3u8(text);
  const described = (isIFrameOnly: boolean): Variant[] =>
    master.variants
      .filter((variant) => variant.isIFrameOnly === isIFrameOnly)
      .map(({ uri, codecs = '', bandwidth, resolution, videoRange }) => {
        return { uri, codecs, bandwidth, resolution, videoRange };
      });
  const [variants, iFrames] = [described(false), described(true)];
  expect(other.playlists?.map(variantOf)).toEqual(variants);
  expect(other.iFramePlaylists.map(variantOf)).toEqual(iFrames);
  const audio = (master.variants[0]?.audio ?? []).map((rendition) => ({
    uri: rendition.uri ?? '',
    isDefault: rendition.isDefault,
    language: rendition.language,
  }));
  const groups = Object.values(other.mediaGroups.AUDIO).flatMap((group) => Object.values(group));
  expect(groups.map(({ uri }) => uri)).toEqual(audio.map(({ uri }) => uri));
  expect(groups.map((rendition) => rendition.default)).toEqual(audio.map(({ isDefault }) => isDefault));
  return { variants, iFrames, audio };
}

/** RFC 8216 §4.3.3.1 and its own promise: no EXTINF above the target, none empty, and together just the film. */
export function expectSoundDurations({ segments, targetDuration }: MediaPlaylist, filmSeconds: number): void {
  expect(segments.length).toBeGreaterThan(0);
  const durations = segments.map(({ durationSeconds }) => durationSeconds);
  expect(Math.min(...durations)).toBeGreaterThan(0);
  expect(Math.round(Math.max(...durations))).toBeLessThanOrEqual(targetDuration);
  const sum = durations.reduce((total, duration) => total + duration, 0);
  expect(Math.abs(sum - filmSeconds)).toBeLessThan(0.001);
}

function variantOf({ uri, attributes }: { uri: string; attributes: Record<string, unknown> }) {
  return {
    uri,
    codecs: attributes.CODECS,
    bandwidth: attributes.BANDWIDTH,
    resolution: attributes.RESOLUTION,
    videoRange: attributes['VIDEO-RANGE'],
  };
}

function parseM3u8(text: string) {
  const parser = new Parser();
  parser.push(text);
  parser.end();
  return parser.manifest;
}
