import { Presentation } from '../adaptive/presentation.ts';
import { RaffiError } from '../errors.ts';
import { assertCopyable } from '../plan/decisions.ts';
import type { Delivery } from '../plan/types.ts';
import type { Film } from './deliver.ts';
import type { Packaging } from './packaging.ts';

/**
 * What cuts this film for a delivery, with one audio track or (absent) whichever can play.
 *
 * @throws why it cannot be delivered so: `no_index`, `codec_not_playable`, or `segment_not_found` for a track it does not have.
 */
export function packagingFor(film: Film, delivery: Delivery, audioPosition?: number | null): Packaging {
  if (film.packaging instanceof RaffiError) throw film.packaging;
  if (film.packaging instanceof Presentation) {
    throw new RaffiError(
      'segment_not_found',
      'The server has cut this film itself. Fetch master.m3u8 again.',
    );
  }
  if (typeof audioPosition === 'number' && audioPosition >= film.media.audio.length) {
    throw new RaffiError('segment_not_found', 'The film has no such audio track. Fetch the playlist again.');
  }
  if (film.missingEncoder !== null)
    assertCopyable(film.decisions[delivery], film.missingEncoder, audioPosition ?? undefined);
  return film.packaging[delivery];
}
