import { RaffiError } from '../../errors.ts';
import { endOf, ID, readElement } from '../../probe/container-index/ebml.ts';
import type { IndexedFile } from '../../probe/container-index/file.ts';
import { completeHead, findFirstCluster, loadElement } from '../../probe/container-index/matroska/load.ts';
import { openSegment } from '../../probe/container-index/matroska/segment-head.ts';
import { HEAD_BYTES } from '../../probe/container-index/options.ts';
import type { ByteSource } from '../../source/byte-source.ts';
import { type MatroskaTrack, parseTracks } from './tracks.ts';

export interface MatroskaHead {
  tracks: MatroskaTrack[];
  secondsPerTick: number;
  sizeBytes: number;
  /** Where the media begin; the first keyframe may lie behind some audio. Null when it cannot be found. */
  firstCluster: number | null;
}

const MAX_TRACKS_BYTES = 16 << 20;

/** Tracks and clock of a film. The bytes were read for the index before, so this costs no request. */
export async function readMatroskaHead(source: ByteSource, signal?: AbortSignal): Promise<MatroskaHead> {
  const { sizeBytes } = await source.open(signal);
  const head = await source.read(0, Math.min(HEAD_BYTES, sizeBytes), signal);
  const file: IndexedFile = { source, sizeBytes, head, cheapReads: false, signal };
  const segment = openSegment(head);
  if (segment) await completeHead(file, segment);
  const at = segment?.positions.get(ID.Tracks);
  const inHead = at === undefined ? 'incomplete' : readElement(head, at);
  const isWhole = typeof inHead !== 'string' && (endOf(inHead) ?? Number.POSITIVE_INFINITY) <= head.length;
  const loaded =
    at === undefined || isWhole ? null : await loadElement(file, at, ID.Tracks, HEAD_BYTES, MAX_TRACKS_BYTES);
  const tracks = isWhole
    ? parseTracks(head, inHead)
    : loaded
      ? parseTracks(loaded.bytes, loaded.element)
      : [];
  if (tracks.length === 0) {
    throw new RaffiError('media_damaged', 'The Matroska file names no tracks. Try another copy of the film.');
  }
  return {
    tracks,
    secondsPerTick: (segment?.info?.timestampScale ?? 1_000_000) / 1e9,
    sizeBytes,
    firstCluster: segment && (segment.firstCluster ?? (await findFirstCluster(file, segment))),
  };
}
