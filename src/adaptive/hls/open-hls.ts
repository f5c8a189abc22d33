import type { FetchedResource, HttpResources } from '../../source/http-resources.ts';
import { damaged, MAX_MANIFEST_BYTES } from '../limits.ts';
import type { OriginPlaylist, OriginPresentation, OriginTrack } from '../origin.ts';
import { parseMediaPlaylist } from './media-playlist.ts';
import { isMultivariant, parseMultivariantPlaylist } from './multivariant-playlist.ts';

/** The presentation that an HLS playlist describes: one variant where it is a media playlist itself. @throws `media_damaged`, `source_refused`. */
export function openHls(manifest: FetchedResource, resources: HttpResources): OriginPresentation {
  const text = textOf(manifest.bytes);
  if (!isMultivariant(text)) {
    return {
      format: 'hls',
      variants: [
        {
          ...{ bandwidth: 0, averageBandwidth: null, codecs: [], width: null, height: null },
          ...{ frameRate: null, videoRange: null, audioGroup: null, subtitleGroup: null },
          track: hlsTrack(resources, manifest.url, parseMediaPlaylist(text, manifest.url)),
        },
      ],
      audio: [],
      subtitles: [],
    };
  }
  const tracks = new Map<string, OriginTrack>();
  const trackAt = (url: URL): OriginTrack => {
    const track = tracks.get(url.href) ?? hlsTrack(resources, url);
    tracks.set(url.href, track);
    return track;
  };
  return { format: 'hls', ...parseMultivariantPlaylist(text, manifest.url, trackAt) };
}

/** @param first what was fetched of it already */
function hlsTrack(resources: HttpResources, address: URL, first?: OriginPlaylist): OriginTrack {
  let known = first;
  return {
    async load(signal) {
      const playlist = known ?? (await fetchPlaylist(resources, address, signal));
      known = undefined;
      return playlist;
    },
  };
}

async function fetchPlaylist(
  resources: HttpResources,
  address: URL,
  signal: AbortSignal,
): Promise<OriginPlaylist> {
  const { bytes, url } = await resources.read({ url: address, range: null }, MAX_MANIFEST_BYTES, signal);
  const text = textOf(bytes);
  // One that names other playlists in place of segments would lead on and on.
  if (!text.startsWith('#EXTM3U') || isMultivariant(text)) throw damaged('of one quality is none');
  const playlist = parseMediaPlaylist(text, url);
  if (playlist.segments.length === 0 && playlist.hasEnded) throw damaged('has no segments');
  return playlist;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes).trimStart();
}
