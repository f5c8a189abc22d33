import { RaffiError } from '../errors.ts';
import type { ContainerIndex } from '../plan/types.ts';
import type { MediaInfo } from '../probe/media-info.ts';
import type { SourceInfo } from '../source/byte-source.ts';
import { ByteTimeline } from '../torrent/byte-timeline.ts';
import type { Container } from './deliver.ts';

/** Which bytes of a film hold which seconds, by its index. */
export function timelineOf({ keyframes, durationSeconds, mediaEndOffset }: ContainerIndex): ByteTimeline {
  const places = keyframes.map(({ timeSeconds, offset }) => ({ seconds: timeSeconds, offset }));
  return new ByteTimeline([...places, { seconds: durationSeconds, offset: mediaEndOffset }]);
}

/** The same once all is known that will be: by the film's length where it has no index. Null for a film without end. */
export function timelineOfExamined(
  container: Pick<Container, 'index'> | RaffiError,
  { durationSeconds }: Pick<MediaInfo, 'durationSeconds'>,
  { sizeBytes }: Pick<SourceInfo, 'sizeBytes'>,
): ByteTimeline | null {
  if (!(container instanceof RaffiError)) return timelineOf(container.index);
  return durationSeconds === null ? null : ByteTimeline.even(durationSeconds, sizeBytes);
}
