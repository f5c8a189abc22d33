import type { FetchedResource, HttpResources } from '../../source/http-resources.ts';
import { codecsOf } from '../hls/multivariant-playlist.ts';
import { damaged, protectedMedia } from '../limits.ts';
import type { OriginPresentation, OriginRendition, OriginVariant } from '../origin.ts';
import { DashDocument } from './dash-document.ts';
import { DashTrack } from './dash-track.ts';
import type { Representation } from './mpd.ts';

/**
 * The presentation that an MPD describes, in the words of HLS: representations of the picture are variants, sets of sound are renditions, one
 * group for each codec of sound. Fragments need no change for it: both cut fragmented MP4.
 *
 * @throws `media_damaged`, `media_protected`, `source_refused`
 */
export function openDash(manifest: FetchedResource, resources: HttpResources): OriginPresentation {
  const document = new DashDocument(manifest, resources);
  const { periods, isDynamic } = document.known;
  const period = (isDynamic ? periods.at(-1) : periods[0])?.representations ?? [];
  const clear = period.filter(({ isProtected }) => !isProtected);
  if (clear.length === 0)
    throw period.length > 0
      ? protectedMedia()
      : damaged('has nothing that can be played through fragmented MP4');
  const trackOf = (representation: Representation) => new DashTrack(document, resources, representation);
  const audio = soundOf(
    clear.filter(({ kind }) => kind === 'audio'),
    trackOf,
  );
  const groups = [...new Map(audio.map((rendition) => [rendition.groupId, rendition])).values()];
  const pictures = clear.filter(({ kind }) => kind === 'video');
  const variants = pictures.flatMap((picture) => {
    const track = trackOf(picture);
    const alone = variantOf(picture, track);
    return groups.length === 0
      ? [alone]
      : groups.map(({ groupId, codecs }) => ({
          ...alone,
          codecs: [...alone.codecs, ...codecs],
          audioGroup: groupId,
        }));
  });
  const sounds = audio.flatMap(({ codecs, track }) => (track ? [{ ...NO_PICTURE, codecs, track }] : []));
  return {
    format: 'dash',
    variants: pictures.length > 0 ? variants : sounds.slice(0, 1),
    audio: pictures.length > 0 ? audio : [],
    subtitles: [],
  };
}

/** One rendition for each set and codec: the best of its representations, since sound costs little beside a picture. */
function soundOf(
  representations: readonly Representation[],
  trackOf: (representation: Representation) => OriginRendition['track'],
): OriginRendition[] {
  const best = new Map<string, Representation>();
  for (const one of representations) {
    const key = `${one.set} ${codecFamily(one)}`;
    const known = best.get(key);
    if (!known || known.bandwidth < one.bandwidth) best.set(key, one);
  }
  return [...best.values()].map((one) => ({
    groupId: codecFamily(one),
    name: one.label ?? one.language ?? '',
    language: one.language,
    isDefault: one.isMain,
    isForced: false,
    channels: one.channels,
    codecs: codecsOf(one.codecs),
    track: trackOf(one),
  }));
}

function codecFamily({ codecs }: Representation): string {
  return codecs.split('.')[0]?.toLowerCase() || 'sound';
}

const NO_PICTURE = {
  ...{ bandwidth: 0, averageBandwidth: null, width: null, height: null, frameRate: null, videoRange: null },
  ...{ audioGroup: null, subtitleGroup: null },
};

function variantOf(
  { bandwidth, codecs, width, height, frameRate }: Representation,
  track: DashTrack,
): OriginVariant {
  return { ...NO_PICTURE, bandwidth, codecs: codecsOf(codecs), width, height, frameRate, track };
}
