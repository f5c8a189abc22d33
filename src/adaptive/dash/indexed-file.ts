import { RaffiError } from '../../errors.ts';
import { boxes } from '../../probe/container-index/mp4/boxes.ts';
import { readSidx } from '../../probe/container-index/mp4/fragment-index.ts';
import type { HttpResources } from '../../source/http-resources.ts';
import type { Addressing } from './addressing.ts';
import type { Period } from './mpd.ts';
import type { TimedSegment } from './timed-segments.ts';

/** An index entry is 12 bytes: this is one for each second of a month. */
const MAX_INDEX_BYTES = 4 * 1024 * 1024;

/**
 * The segments of a representation that is one file (SegmentBase), by the file's own index.
 *
 * @throws `no_index` where it has none, `source_*`
 */
export async function indexedSegments(
  { url, index }: Extract<Addressing, { kind: 'file' }>,
  period: Period,
  resources: HttpResources,
  signal: AbortSignal,
): Promise<TimedSegment[]> {
  if (index === null) throw noIndex();
  const { bytes } = await resources.read({ url, range: index }, MAX_INDEX_BYTES, signal);
  const box = [...boxes(bytes, 0, bytes.length)].find(({ type }) => type === 'sidx');
  const sidx = box && readSidx(bytes, box, index.start + box.end);
  if (!sidx || sidx.endSeconds === null || sidx.endOffset === null) throw noIndex();
  const { points, endSeconds, endOffset } = sidx;
  const firstSeconds = points[0]?.seconds ?? 0;
  return points.map(({ seconds, offset }, position) => {
    const next = points[position + 1];
    return {
      resource: { url, range: { start: offset, end: next?.offset ?? endOffset } },
      startSeconds: period.startSeconds + seconds - firstSeconds,
      durationSeconds: Math.max(0.001, (next?.seconds ?? endSeconds) - seconds),
    };
  });
}

function noIndex(): RaffiError {
  return new RaffiError(
    'no_index',
    'The server keeps this film in one file without an index of its own. Look for another source of it.',
  );
}
