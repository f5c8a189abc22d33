/** A box in a buffer: `[start, end)` with its header, children from `body`. */
export interface Box {
  type: string;
  start: number;
  body: number;
  end: number;
}

const MATRICES: Record<90 | 180 | 270, number[]> = {
  90: [0, 1, 0, -1, 0, 0],
  180: [-1, 0, 0, 0, -1, 0],
  270: [0, -1, 0, 1, 0, 0],
};

/** Turns the first track's display matrix (ISO/IEC 14496-12 §8.3.2); without translation, as phones' firmware often writes it. */
export function rotate(bytes: Buffer, degrees: 90 | 180 | 270): void {
  const header = findBox(bytes, ['moov', 'trak', 'tkhd']);
  const isLong = bytes[header.body] === 1;
  const matrix = header.body + (isLong ? 52 : 40);
  MATRICES[degrees].forEach((value, index) => {
    bytes.writeInt32BE(value * 0x10000, matrix + index * 4);
  });
}

/** Moves `moov/udta` before the first `trak`. The moov keeps its size, so no offset changes. */
export function coverFirst(bytes: Buffer): void {
  const udta = findBox(bytes, ['moov', 'udta']);
  const track = findBox(bytes, ['moov', 'trak']);
  const moved = Buffer.from(bytes.subarray(udta.start, udta.end));
  bytes.copyWithin(track.start + moved.length, track.start, udta.start);
  moved.copy(bytes, track.start);
}

/** The box at a path; `['trak', 1]` is the second of its kind. Throws when there is none. */
export function findBox(bytes: Buffer, path: (string | [type: string, position: number])[]): Box {
  let [start, end] = [0, bytes.length];
  let found: Box | undefined;
  for (const step of path) {
    const [type, position] = typeof step === 'string' ? [step, 0] : step;
    found = boxes(bytes, start, end).filter((box) => box.type === type)[position];
    if (found === undefined) throw new Error(`The film has no ${path.join('/')}`);
    [start, end] = [found.body, found.end];
  }
  if (found === undefined) throw new Error('An empty path');
  return found;
}

function boxes(bytes: Buffer, start: number, end: number): Box[] {
  const found: Box[] = [];
  for (let at = start; at + 8 <= end; ) {
    const short = bytes.readUInt32BE(at);
    const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? end - at : short;
    if (size < 8) break;
    const type = bytes.toString('latin1', at + 4, at + 8);
    found.push({ type, start: at, body: at + (short === 1 ? 16 : 8), end: at + size });
    at += size;
  }
  return found;
}
