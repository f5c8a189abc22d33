import { Presentation } from '../adaptive/presentation.ts';
import { RaffiError } from '../errors.ts';
import { type ContainerObstacles, decide } from '../plan/decisions.ts';
import { decideDirect } from '../plan/direct.ts';
import {
  type EncodingTerms,
  heed,
  heedDirectly,
  type Setback,
  withoutCopiedSound,
} from '../plan/setbacks.ts';
import type { Capabilities, Delivery } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import type { SourceInfo } from '../source/byte-source.ts';
import { type ExaminedFilm, type PackagingOptions, type Packagings, packagingsOf } from './packaging.ts';
import type { BesideSubtitles } from './subtitles/beside-files.ts';
import type { SessionView } from './types.ts';

export interface DeliveryOptions extends PackagingOptions {
  capabilities: Capabilities | undefined;
  /** What the viewer understands, the dearest first; BCP 47. */
  languages: readonly string[];
  /** Whether smaller pictures are offered where the picture is copied, too. */
  ladder: 'encoded' | 'all';
}

type Speed = Pick<EncodingTerms, 'speed'>;

/** A film's container, opened: what packing needs of it, and what keeps tracks in it. */
export interface Container extends Omit<ExaminedFilm, 'canEncode'> {
  obstacles: Partial<Record<Delivery, ContainerObstacles>>;
}

/**
 * A film as it is handed out. `packaging`: it is cut into segments by us, or was by its origin (HLS, DASH); an error where it cannot be,
 * though it may still play directly.
 */
export interface Film {
  info: SourceInfo;
  media: MediaInfo;
  /** Subtitle files that lie beside it. */
  beside: readonly BesideSubtitles[];
  /** What we cut; null where we do not. */
  container: Container | null;
  decisions: NonNullable<SessionView['decisions']>;
  /** What the decisions have heeded, in the order of time. */
  setbacks: readonly Setback[];
  packaging: Packagings | Presentation | RaffiError;
  /** Why nothing can be encoded here, and what to install; null when it can. */
  missingEncoder: string | null;
}

/** Decides how an examined film is handed out to this client. Nothing is read, nothing runs yet. */
export function deliver(
  examined: Pick<Film, 'info' | 'media' | 'beside' | 'missingEncoder'> & {
    container: Container | RaffiError;
  },
  options: DeliveryOptions & Speed,
  setbacks: readonly Setback[],
): Film {
  const { info, beside, missingEncoder, container } = examined;
  const isUncut = container instanceof RaffiError;
  const { media, obstacles, unindexed } = isUncut
    ? { media: examined.media, obstacles: {}, unindexed: null }
    : container;
  const { capabilities, languages, speed } = options;
  // Smaller pictures have keyframes at the plan's cuts: beside a copied picture whose cuts are elsewhere they would not join.
  const ladder = missingEncoder !== null ? 'none' : unindexed ? 'encoded' : options.ladder;
  const uncomplained: Film = {
    info,
    media,
    beside,
    missingEncoder,
    container: isUncut ? null : container,
    setbacks,
    decisions: {
      mpegts: decide(media, capabilities, 'mpegts', { ladder, speed, container: obstacles.mpegts }),
      cmaf: decide(media, capabilities, 'cmaf', { ladder, speed, container: obstacles.cmaf }),
      direct: decideDirect(media, info, capabilities, languages),
    },
    packaging: isUncut ? container : NOT_YET,
  };
  const decisions = setbacks.reduce(
    (before, setback) => afterSetback({ ...uncomplained, decisions: before }, setback, options),
    uncomplained.decisions,
  );
  return packaged({ ...uncomplained, decisions }, options);
}

/** Hands a film out otherwise after a setback. What that does not concern goes on: its names, its bytes, its encoder. */
export function deliverSafer(film: Film, options: DeliveryOptions & Speed, setback: Setback): Film {
  const decisions = afterSetback(film, setback, options);
  const safer = { ...film, decisions, setbacks: [...film.setbacks, setback] };
  return packaged(safer, options, packagingsIn(film));
}

/** What we cut of a film; undefined where its origin has cut it, or nobody can. */
export function packagingsIn({ packaging }: Film): Packagings | undefined {
  return packaging instanceof RaffiError || packaging instanceof Presentation ? undefined : packaging;
}

export async function closeFilm({ container, packaging }: Film): Promise<void> {
  if (!(packaging instanceof RaffiError)) await packaging.close();
  container?.copied.close();
}

const NOT_YET = new RaffiError('internal', 'The film is not cut yet.');

function afterSetback(
  { decisions, media, container }: Film,
  setback: Setback,
  terms: EncodingTerms,
): Film['decisions'] {
  const heeded = (delivery: Delivery) => {
    const before = decisions[delivery];
    const after = heed(before, setback, media, terms);
    // Without an index, sound is found beside the picture that is copied, or not at all.
    const isLost = container?.unindexed && after.video !== before.video;
    return isLost ? withoutCopiedSound(after, media, terms.capabilities) : after;
  };
  return {
    mpegts: heeded('mpegts'),
    cmaf: heeded('cmaf'),
    direct: heedDirectly(decisions.direct, setback, media),
  };
}

function packaged(film: Film, options: DeliveryOptions, before?: Packagings): Film {
  const { container, decisions, setbacks, missingEncoder } = film;
  if (container === null) return film;
  const examined = { ...container, canEncode: missingEncoder === null };
  return { ...film, packaging: packagingsOf(options, examined, { decisions, setbacks }, before) };
}
