import { clientOf } from '../plan/client.ts';
import { isCovered, parseCodecString } from '../plan/codec-match.ts';
import { codecName } from '../plan/codec-names.ts';
import type { Capabilities } from '../plan/types.ts';
import type { OriginPresentation, OriginRendition, OriginVariant } from './origin.ts';

/** What of a presentation a client gets. */
export interface Offer {
  /** In the origin's order, each picture once. */
  variants: OriginVariant[];
  /** The one group of sound that goes with all of them; empty when it is in their own segments. */
  audio: OriginRendition[];
  subtitles: OriginRendition[];
}

/**
 * What of a presentation this client can play, by what the origin declares of it. What it does not declare is offered: whoever looks into
 * its segments knows more. Pure.
 *
 * @returns with `reasons`, one sentence each, why what is not offered is not
 */
export function offerOf(
  presentation: OriginPresentation,
  capabilities: Capabilities | undefined,
): Offer & { reasons: string[] } {
  const reasons = new Set<string>();
  const playable = presentation.variants.filter((variant) => {
    const obstacle = declaredObstacle(variant, capabilities);
    if (obstacle !== null) reasons.add(obstacle);
    return obstacle === null;
  });
  const pictures = playable.filter(hasPicture);
  const wanted = pictures.length > 0 ? pictures : playable;
  const groupId = soundGroup(wanted);
  const variants = onePerTrack(
    wanted.filter(({ audioGroup }) => (audioGroup === null) === (groupId === null)),
  );
  const subtitleGroup = variants.find((variant) => variant.subtitleGroup !== null)?.subtitleGroup;
  return {
    variants,
    audio: groupId === null ? [] : presentation.audio.filter((rendition) => rendition.groupId === groupId),
    subtitles: presentation.subtitles.filter((rendition) => rendition.groupId === subtitleGroup),
    reasons: [...reasons],
  };
}

/** Why a client cannot play a variant, as far as the origin tells; null when it can, or nothing is told. */
export function declaredObstacle(
  { codecs, height, videoRange }: Pick<OriginVariant, 'codecs' | 'height' | 'videoRange'>,
  capabilities: Capabilities | undefined,
): string | null {
  const client = clientOf(capabilities);
  if ((videoRange ?? 'SDR') !== 'SDR' && !client.hdr)
    return 'The picture is HDR, which this client cannot show in the right colours.';
  if ((height ?? 0) > client.maxHeight)
    return `The picture is ${height} lines high; this client shows at most ${client.maxHeight}.`;
  for (const codec of codecs) {
    const traits = parseCodecString(codec);
    if (traits === null || !isCovered(traits, [...client.video, ...client.audio])) {
      const name = traits === null ? codec : codecName(traits.codec);
      return `${name} (${codec}) is not playable by this client.`;
    }
  }
  return null;
}

const PICTURES = new Set(['h264', 'hevc', 'dolby-vision', 'vp8', 'vp9', 'av1']);

/** A variant that declares nothing but sound is the poor line's last resort, not a quality of the film. */
function hasPicture({ codecs, width }: OriginVariant): boolean {
  if (width !== null || codecs.length === 0) return true;
  return codecs.some((codec) => PICTURES.has(parseCodecString(codec)?.codec ?? ''));
}

/** That of the best picture: groups are the same choice of tracks in different qualities, and sound costs little beside a picture. */
function soundGroup(variants: readonly OriginVariant[]): string | null {
  const best = variants
    .filter(({ audioGroup }) => audioGroup !== null)
    .reduce<OriginVariant | null>(
      (most, one) => (most && most.bandwidth >= one.bandwidth ? most : one),
      null,
    );
  return best?.audioGroup ?? null;
}

/** A picture is listed once for each group of sound that it goes with. */
function onePerTrack(variants: readonly OriginVariant[]): OriginVariant[] {
  const seen = new Set<unknown>();
  return variants.filter(({ track }) => {
    if (seen.has(track)) return false;
    seen.add(track);
    return true;
  });
}
