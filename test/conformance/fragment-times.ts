/** When a segment's samples are decoded, read from its own boxes (ISO/IEC 14496-12 §8.8). Seconds. */
export interface FragmentTimes {
  /** `tfdt`. */
  startSeconds: number;
  /** Where the last sample's duration ends. */
  endSeconds: number;
  /** The longest sample. */
  longestSeconds: number;
}

/** The times of one media segment, by the timescale of its init segment's only track. */
export function fragmentTimes(init: Uint8Array, segment: Uint8Array): FragmentTimes {
  const media = find(init, ['moov', 'trak', 'mdia', 'mdhd']);
  const isLong = media.getUint8(0) === 1;
  const timescale = media.getUint32(isLong ? 20 : 12);
  const fragments = boxes(segment, 'moof').map((moof) => {
    const start = Number(find(moof, ['traf', 'tfdt']).getBigUint64(4));
    const run = find(moof, ['traf', 'trun']);
    // Our runs hold a data offset, and four numbers for each sample, the duration first.
    if ((run.getUint32(0) & 0xff_ffff) !== 0x0f01) throw new Error('Another kind of trun than expected');
    const count = run.getUint32(4);
    return {
      start,
      durations: Array.from({ length: count }, (_, sample) => run.getUint32(12 + sample * 16)),
    };
  });
  let end = fragments[0]?.start ?? Number.NaN;
  for (const { start, durations } of fragments) {
    if (start !== end) throw new Error(`A fragment begins at ${start}, the one before it ends at ${end}`);
    end += durations.reduce((sum, duration) => sum + duration, 0);
  }
  return {
    startSeconds: (fragments[0]?.start ?? Number.NaN) / timescale,
    endSeconds: end / timescale,
    longestSeconds: Math.max(0, ...fragments.flatMap(({ durations }) => durations)) / timescale,
  };
}

/** The content of each box of a type, at the top. */
function boxes(bytes: Uint8Array, wanted: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; at += Math.max(8, view.getUint32(at))) {
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (type === wanted) found.push(bytes.subarray(at + 8, at + view.getUint32(at)));
  }
  return found;
}

/** The content of the first box at a path. */
function find(bytes: Uint8Array, path: readonly string[]): DataView {
  let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const wanted of path) {
    let at = 0;
    while (at + 8 <= view.byteLength) {
      const size = view.getUint32(at);
      const type = Buffer.from(view.buffer, view.byteOffset + at + 4, 4).toString('latin1');
      if (type === wanted) break;
      at += Math.max(8, size);
    }
    if (at + 8 > view.byteLength) throw new Error(`There is no ${wanted} box`);
    view = new DataView(view.buffer, view.byteOffset + at + 8, view.getUint32(at) - 8);
  }
  return view;
}
