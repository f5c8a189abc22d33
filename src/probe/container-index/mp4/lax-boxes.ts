/** A box of any name, cut off where its parent ends. */
export interface NamedBox {
  type: string;
  dataStart: number;
  end: number;
}

/** Whatever mediabunny looks for further boxes in, besides `moof` › `traf` and `moov` › `trak` › … › `stbl`. */
export const CONTAINERS: ReadonlySet<string> = new Set([
  ...['moov', 'trak', 'mdia', 'minf', 'dinf', 'stbl', 'stsd', 'edts', 'mvex', 'mfra'],
  ...['moof', 'traf', 'sinf', 'schi', 'wave', 'udta', 'meta', 'ilst'],
]);

/**
 * The boxes of `[start, end)` as mediabunny goes through them: any name counts, and the last one may reach beyond its parent. `boxes` is
 * stricter, so what it does not see could still be parsed by mediabunny: checks of hostile files use this.
 */
export function* anyBoxes(bytes: Uint8Array, start: number, end: number): Generator<NamedBox> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const limit = Math.min(end, buffer.length);
  let position = start;
  while (position + 8 <= limit) {
    const short = buffer.readUInt32BE(position);
    const headerBytes = short === 1 ? 16 : 8;
    if (position + headerBytes > limit) return;
    const size = short === 1 ? Number(buffer.readBigUInt64BE(position + 8)) : short;
    if (size < headerBytes) return;
    yield {
      type: buffer.toString('latin1', position + 4, position + 8),
      dataStart: position + headerBytes,
      end: Math.min(position + size, limit),
    };
    position += size;
  }
}
