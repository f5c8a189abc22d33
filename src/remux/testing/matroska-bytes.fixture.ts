/** Writes EBML by hand, for files that no muxer at hand makes: laces, stripped headers, unknown sizes, damage. */
export function element(id: number, ...parts: (Uint8Array | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([idBytes(id), sizeBytes(body.length), body]);
}

/** An element whose size is not told. */
export function openElement(id: number): Buffer {
  return Buffer.concat([idBytes(id), Buffer.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)]);
}

export function unsignedElement(id: number, value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return element(id, bytes.length > 0 ? bytes : [0]);
}

export function floatElement(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(id, bytes);
}

export interface BlockSpec {
  track: number;
  /** Relative to the cluster. */
  time: number;
  isKey?: boolean;
  lacing?: 'none' | 'xiph' | 'fixed' | 'ebml';
  frames: Uint8Array[];
}

const LACING_BITS = { none: 0, xiph: 0x02, fixed: 0x04, ebml: 0x06 } as const;

export function blockBytes({ track, time, isKey = true, lacing = 'none', frames }: BlockSpec): Buffer {
  const head = Buffer.alloc(4);
  head[0] = 0x80 | track;
  head.writeInt16BE(time, 1);
  head[3] = (isKey ? 0x80 : 0) | LACING_BITS[lacing];
  return Buffer.concat([head, laceHead(lacing, frames), ...frames]);
}

export function simpleBlock(spec: BlockSpec): Buffer {
  return element(0xa3, blockBytes(spec));
}

/** A size as EBML lacing writes it: always four bytes, or a signed difference of four bytes. */
function laceHead(lacing: keyof typeof LACING_BITS, frames: readonly Uint8Array[]): Buffer {
  if (lacing === 'none') return Buffer.alloc(0);
  const bytes = [frames.length - 1];
  frames.slice(0, -1).forEach((frame, i) => {
    if (lacing === 'xiph') {
      bytes.push(...new Array<number>(Math.floor(frame.length / 255)).fill(255), frame.length % 255);
    } else if (lacing === 'ebml') {
      const value = i === 0 ? frame.length : frame.length - (frames[i - 1]?.length ?? 0) + 2 ** 27 - 1;
      bytes.push(0x10 | (value >> 24), (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
    }
  });
  return Buffer.from(bytes);
}

function idBytes(id: number): Buffer {
  const hex = id.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
}

function sizeBytes(size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(size) | (1n << 56n));
  return bytes;
}
