import { type ContainerObstacles, decide } from '../plan/decisions.ts';
import { estimateIndex } from '../plan/estimated-index.ts';
import type { Delivery } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import { NOTHING_TO_COPY } from '../remux/open-reader.ts';
import type { UnindexedFilm } from '../remux/unindexed/film.ts';
import { openUnindexed } from '../remux/unindexed/open-unindexed.ts';
import type { SourceInfo } from '../source/byte-source.ts';
import type { Container } from './deliver.ts';
import type { FilmOptions } from './film.ts';

const NO_INDEX = 'The file keeps no index of its keyframes, so it is converted while playing.';
const OTHER_SOUND = 'This kind of sound cannot be copied out of this kind of file.';

/**
 * A film whose container keeps no index: its picture is copied where the client can play it and its key pictures can be found by looking, else all
 * of it is encoded, which needs no more than its length. Null where neither will do.
 *
 * Rejects with what the source rejects with, or the signal's reason.
 */
export async function openWithoutIndex(
  film: { options: FilmOptions; probed: MediaInfo; info: SourceInfo; canEncode: boolean },
  signal: AbortSignal,
): Promise<Container | null> {
  const { options, probed, info, canEncode } = film;
  const copies = (delivery: Delivery) =>
    decide(probed, options.capabilities, delivery).video?.action === 'copy';
  const isCopied = { mpegts: copies('mpegts'), cmaf: copies('cmaf') };
  const opened =
    isCopied.mpegts || isCopied.cmaf
      ? await openUnindexed(options.source, probed, info.sizeBytes, signal)
      : { obstacle: NO_INDEX };
  if ('obstacle' in opened) {
    const estimate = canEncode ? estimateIndex(probed, info.sizeBytes) : null;
    if (!estimate) return null;
    const obstacles = allOf(probed, opened.obstacle);
    const common = { media: probed, index: estimate, copied: NOTHING_TO_COPY, unindexed: null };
    return { ...common, obstacles: { mpegts: obstacles, cmaf: obstacles } };
  }
  const { index, reader } = opened;
  // Where the picture is encoded, cuts lie on its frames, and sound has no place to be read from.
  const ofDelivery = (delivery: Delivery) => (isCopied[delivery] ? soundOf(opened) : allOf(probed, NO_INDEX));
  return {
    media: withOrigin(probed, index.originSeconds),
    index,
    copied: reader,
    unindexed: opened,
    obstacles: { mpegts: ofDelivery('mpegts'), cmaf: ofDelivery('cmaf') },
  };
}

function allOf({ audio }: MediaInfo, reason: string): ContainerObstacles {
  return { video: reason, audio: audio.map(() => reason) };
}

function soundOf({ reader }: UnindexedFilm): ContainerObstacles {
  return { video: null, audio: reader.audio.map((format) => (format ? null : OTHER_SOUND)) };
}

/** A recording often begins in the middle of a group of pictures: the film begins with the first that can be shown. */
function withOrigin(media: MediaInfo, originSeconds: number): MediaInfo {
  const [first, ...rest] = media.video;
  return first ? { ...media, video: [{ ...first, startSeconds: originSeconds }, ...rest] } : media;
}
