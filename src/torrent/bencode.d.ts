/** bencode 4 carries no types. Byte strings come as `Uint8Array`, integers as `number`. */
declare module 'bencode' {
  const bencode: {
    /** @throws on anything that is not bencoded. */
    decode(bytes: Uint8Array): unknown;
    encode(value: unknown): Uint8Array;
  };
  export default bencode;
}
