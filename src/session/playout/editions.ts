import { RaffiError } from '../../errors.ts';
import { editionOf } from '../../plan/setbacks.ts';
import type { Film } from '../deliver.ts';

/** How a rendition's name tells its edition (see `editionOf`): the first by nothing, so that names are as documented until a player complains. */
export function editionSuffix(edition: number): string {
  return edition === 0 ? '' : `e${edition}`;
}

/** A rendition's full name in the edition that is handed out now. */
export function renditionName({ setbacks }: Film, rendition: string): string {
  const audioPosition = rendition.startsWith('a') ? Number(rendition.slice(1)) : null;
  return `${rendition}${editionSuffix(editionOf(setbacks, audioPosition))}`;
}

/** The inverse of `editionSuffix`. */
export function parseEdition(suffix: string | undefined): number {
  return suffix === undefined ? 0 : Number(suffix.slice(1));
}

/** @throws `segment_not_found` for an edition that is no longer, or not yet, handed out: its name must not stand for other bytes */
export function requireEdition({ setbacks }: Film, audioPosition: number | null, edition: number): void {
  if (edition === editionOf(setbacks, audioPosition)) return;
  throw new RaffiError(
    'segment_not_found',
    'The film is converted otherwise since its player reported trouble. Fetch the playlist again.',
  );
}
