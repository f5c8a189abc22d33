import { RaffiError } from '../errors.ts';
import type { Capabilities, PlaybackDecision } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import { openDash } from './dash/open-dash.ts';
import { type Examine, examinePresentation, passingDecision } from './examine.ts';
import { openHls } from './hls/open-hls.ts';
import { MAX_MANIFEST_BYTES } from './limits.ts';
import type { ManifestKind } from './manifest-kind.ts';
import { type Offer, offerOf } from './offer.ts';
import { Presentation, type PresentationAccess } from './presentation.ts';

export interface PresentationOptions extends PresentationAccess {
  kind: ManifestKind;
  /** The manifest's address, as the person gave it. */
  url: URL;
  capabilities: Capabilities | undefined;
  examine: Examine;
}

export interface OpenedPresentation {
  presentation: Presentation;
  media: MediaInfo;
  decision: PlaybackDecision;
}

/** Variants that declare nothing are looked into, at most so many. */
const MAX_EXAMINED = 3;

/**
 * Opens what a manifest describes, with what of it this client can play.
 *
 * @throws `source_*`, `media_damaged`, `media_protected`, `not_media` for a mere list of links, `codec_not_playable` with `data.reasons`,
 * or what examining throws.
 */
export async function openPresentation(
  options: PresentationOptions,
  signal: AbortSignal,
): Promise<OpenedPresentation> {
  const { kind, url, resources, capabilities, examine } = options;
  if (kind === 'm3u') throw listOfLinks();
  const manifest = await resources.read({ url, range: null }, MAX_MANIFEST_BYTES, signal);
  const origin = kind === 'dash' ? openDash(manifest, resources) : openHls(manifest, resources);
  const { reasons, ...offer } = offerOf(origin, capabilities);
  let left: Offer = offer;
  for (let examined = 0; left.variants.length > 0 && examined < MAX_EXAMINED; examined += 1) {
    const presentation = new Presentation(origin.format, left, options);
    const media = await examinePresentation(presentation, examine, signal);
    const decision = passingDecision(media, capabilities, 'cmaf');
    const obstacles = obstaclesOf(decision);
    if (obstacles.length === 0) return { presentation, media, decision };
    reasons.push(...obstacles);
    left = { ...left, variants: left.variants.slice(1) };
  }
  throw notPlayable([...new Set(reasons)]);
}

/** Why playing would be black or silent. */
function obstaclesOf({ video, audio }: PlaybackDecision): string[] {
  const picture = video?.action === 'transcode' ? [video.reason] : [];
  const isSilent = audio.length > 0 && audio.every(({ action }) => action === 'transcode');
  return [...picture, ...(isSilent ? audio.map(({ reason }) => reason) : [])];
}

function notPlayable(reasons: string[]): RaffiError {
  const why = reasons.join(' ') || 'It has no picture and no sound.';
  return new RaffiError(
    'codec_not_playable',
    `The server offers this film only in ways that this client cannot play. ${why} Look for another source of it.`,
    { data: { reasons } },
  );
}

function listOfLinks(): RaffiError {
  return new RaffiError('not_media', 'This is a list of links, not a film. Open one of its links.');
}
