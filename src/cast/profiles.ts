import type { Capabilities, Delivery } from '../plan/types.ts';
import type { CastDevice } from './types.ts';

/** How a device wants a film, and what it can decode of it: decides what is copied and what is encoded, as a player's own measurements do. */
export interface CastProfile {
  delivery: Delivery;
  capabilities: Capabilities;
}

/**
 * The profile of a model. What a model decodes is Google's word ("Supported Media for Google Cast", developers.google.com/cast/docs/media), by the
 * name that it announces (`md`); what nobody knows gets what every cast device plays.
 */
export function profileOf({ model }: Pick<CastDevice, 'model'>): CastProfile {
  return PROFILES.find(({ models }) => models.test(model ?? ''))?.profile ?? UNKNOWN;
}

/**
 * Devices put out AAC as stereo, and play AAC alone in HLS for certain: AC-3 and E-AC-3 are passed on to receivers that the television may not have,
 * and cannot be copied into fragmented MP4 by this version either.
 */
const SOUND = { audio: ['mp4a.40.2', 'mp4a.40.5', 'mp4a.40.29'], maxChannels: 2 };
const NOTHING_DIRECT = { containers: [] };

const H264 = { high41: 'avc1.640029', high42: 'avc1.64002A', high51: 'avc1.640033', high52: 'avc1.640034' };
const HEVC = { main41: 'hvc1.1.6.L123.B0', main51: 'hvc1.1.6.L153.B0' };
const HEVC_10 = { main41: 'hvc1.2.4.L123.B0', main51: 'hvc1.2.4.L153.B0' };
const VP9 = { level4: 'vp09.00.40.08', level51: 'vp09.00.51.08', profile2: 'vp09.02.51.10' };
const AV1 = { main41: 'av01.0.09M.10', main51: 'av01.0.13M.10' };

const profile = (
  delivery: Delivery,
  video: string[],
  { maxHeight, hdr = false }: { maxHeight: number; hdr?: boolean },
): CastProfile => ({ delivery, capabilities: { ...NOTHING_DIRECT, ...SOUND, video, maxHeight, hdr } });

/** First and second generation: H.264 High 4.1, and fragmented MP4 freezes on them. */
const FIRST_GENERATIONS = profile('mpegts', [H264.high41], { maxHeight: 1080 });

/** Televisions and boxes with the receiver built in: Google certifies none that does less. */
const UNKNOWN = profile('cmaf', [H264.high42], { maxHeight: 1080 });

const PROFILES: readonly { models: RegExp; profile: CastProfile }[] = [
  {
    // The three first generations and "Chromecast with Google TV" in 4K all call themselves so (react-native-google-cast, issue 503), as did the
    // first one before it was sold; so does what a person gave the address of, as far as we know.
    models: /^(?:chromecast|eureka dongle|)$/i,
    profile: FIRST_GENERATIONS,
  },
  {
    models: /^chromecast ultra$/i,
    profile: profile('cmaf', [H264.high42, HEVC.main51, HEVC_10.main51, VP9.level51, VP9.profile2], {
      maxHeight: 2160,
      hdr: true,
    }),
  },
  {
    models: /^chromecast (?:hd|with google tv \(hd\))$/i,
    profile: profile('cmaf', [H264.high42, HEVC.main41, HEVC_10.main41, VP9.level4, AV1.main41], {
      maxHeight: 1080,
      hdr: true,
    }),
  },
  {
    models: /^google tv streamer$/i,
    profile: profile(
      'cmaf',
      [H264.high52, HEVC.main51, HEVC_10.main51, VP9.level51, VP9.profile2, AV1.main51],
      { maxHeight: 2160, hdr: true },
    ),
  },
  {
    models: /^(?:chromecast (?:with )?google tv.*|chromecast 4k|google tv)$/i,
    profile: profile('cmaf', [H264.high51, HEVC.main51, HEVC_10.main51, VP9.level51, VP9.profile2], {
      maxHeight: 2160,
      hdr: true,
    }),
  },
  {
    models: /^google (?:home|nest) hub(?: max)?$/i,
    profile: profile('cmaf', [H264.high41, VP9.level4], { maxHeight: 720 }),
  },
];
