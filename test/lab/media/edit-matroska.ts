/** How Cues are made useless: not there at all (SeekHead points at a Void), or covering only the film's first quarter. */
export type CuesEdit = 'void' | 'first-quarter';

const CLUSTER = 0x1f43b675;
const CUES = Buffer.from([0x1c, 0x53, 0xbb, 0x6b]);
const CUE_POINT = 0xbb;
const CRC = 0xbf;
const VOID = 0xec;

/** Edits the Cues element in place; the file keeps its length. */
export function editCues(bytes: Buffer, how: CuesEdit): void {
  // The SeekHead names the ID too, as data: the element itself is the last occurrence of what parses as one.
  const at = findCues(bytes);
  const { value: size, length } = readSize(bytes, at + 4);
  const body = at + 4 + length;
  if (how === 'void') {
    voidOut(bytes, at, body + size);
    return;
  }
  const points: number[] = [];
  for (let point = body; point < body + size; ) {
    if (bytes[point] === CUE_POINT) points.push(point);
    // A checksum would tell on us.
    if (bytes[point] === CRC) bytes[point] = VOID;
    const inner = readSize(bytes, point + 1);
    point += 1 + inner.length + inner.value;
  }
  const firstDropped = points[Math.ceil(points.length / 4)];
  if (firstDropped === undefined) throw new Error('Too few cues to drop any');
  voidOut(bytes, firstDropped, body + size);
}

/** Gives every cluster the size "unknown" (RFC 8794 §6.2), as a live recorder writes it. The file keeps its length. */
export function forgetClusterSizes(bytes: Buffer): void {
  let at = readElement(bytes, readElement(bytes, 0).end).body;
  while (at < bytes.length) {
    const { id, body, end } = readElement(bytes, at);
    if (id === CLUSTER) {
      const sizeLength = body - at - 4;
      bytes.fill(0xff, at + 4, body);
      bytes[at + 4] = (0x100 >> (sizeLength - 1)) - 1;
    }
    at = end;
  }
}

/** The element that begins at an offset: its ID with the marker bits, and where its body begins and ends. */
export function readElement(bytes: Buffer, at: number): { id: number; body: number; end: number } {
  const idLength = Math.clz32(bytes[at] ?? 0) - 23;
  const { value, length } = readSize(bytes, at + idLength);
  const body = at + idLength + length;
  return { id: bytes.readUIntBE(at, idLength), body, end: body + value };
}

function findCues(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf(CUES); at >= 0; at = bytes.lastIndexOf(CUES, at - 1)) {
    const { value, length } = readSize(bytes, at + 4);
    const child = bytes[at + 4 + length];
    if ((child === CUE_POINT || child === CRC) && at + 4 + length + value <= bytes.length) return at;
    if (at === 0) break;
  }
  throw new Error('The film has no Cues');
}

/** Makes `[start, end)` one Void element. */
function voidOut(bytes: Buffer, start: number, end: number): void {
  bytes.fill(0, start, end);
  bytes[start] = VOID;
  // Size on eight bytes: marker 0x01, then 56 bits (RFC 8794 §6). Always room: a cue point is longer than nine bytes.
  bytes.writeBigUInt64BE((1n << 56n) | BigInt(end - start - 9), start + 1);
}

function readSize(bytes: Buffer, at: number): { value: number; length: number } {
  const first = bytes[at] ?? 0;
  const length = Math.clz32(first) - 23;
  let value = first & (0xff >> length);
  for (let index = 1; index < length; index++) value = value * 256 + (bytes[at + index] ?? 0);
  return { value, length };
}
