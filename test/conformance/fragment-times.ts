/** When a fragment's samples are decoded, read from its own boxes (ISO/IEC 14496-12 §8.8). Seconds. */
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
  const decode = find(segment, ['moof', 'traf', 'tfdt']);
  const start = Number(decode.getBigUint64(4));
  const run = find(segment, ['moof', 'traf', 'trun']);
  const count = run.getUint32(4);
  // Our runs hold a data offset, and four numbers for each sample, the duration first.
  if ((run.getUint32(0) & 0xff_ffff) !== 0x0f01) throw new Error('Another kind of trun than expected');
  const durations = Array.from({ length: count }, (_, sample) => run.getUint32(12 + sample * 16));
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  return {
    startSeconds: start / timescale,
    endSeconds: (start + total) / timescale,
    longestSeconds: Math.max(0, ...durations) / timescale,
  };
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
