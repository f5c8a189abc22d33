import bencode from 'bencode';

/** A torrent's files lie six levels deep. What is nested as deep as it is long ends the stack, here or where it is encoded again. */
const MAX_DEPTH = 64;
const [DIGIT_0, DIGIT_9] = [0x30, 0x39];

/**
 * Decodes bencoded bytes (BEP 3). What follows the value is passed over; of nothing at all comes null.
 *
 * @throws on anything else that is not bencoded, and on what is nested deeper than 64 levels
 */
export const decode = (bytes: Uint8Array): unknown => bencode.decode(bytes);
export const encode = (value: unknown): Uint8Array => bencode.encode(value);

/** Whether `decode` takes them. */
export function isBencoded(bytes: Uint8Array): boolean {
  try {
    decode(bytes);
    return true;
  } catch {
    return false;
  }
}

// In the library itself, so that webtorrent's packages, which decode with this copy of it, are safe too. It takes a string's length below zero:
// `d-3:` leads back to its own beginning for ever, and `l-3:` does so until the memory is full.
const decoder = bencode.decode;
const { buffer: decodeString } = decoder;
decoder.buffer = () => {
  const first = decoder.data[decoder.position] ?? 0;
  if (first < DIGIT_0 || first > DIGIT_9) throw new RangeError('bencode: a string begins with its length');
  const string = decodeString();
  if (decoder.position > decoder.data.length) throw new RangeError('bencode: a string goes beyond the end');
  return string;
};

let depth = 0;
decoder.list = nested(decoder.list);
decoder.dictionary = nested(decoder.dictionary);

function nested<T>(decodeMembers: () => T): () => T {
  return () => {
    if (depth >= MAX_DEPTH) throw new RangeError('bencode: nested too deep');
    depth += 1;
    try {
      return decodeMembers();
    } finally {
      depth -= 1;
    }
  };
}
