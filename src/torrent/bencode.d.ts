/**
 * What we use of bencode 4.0.1, which carries no types. Byte strings come as `Uint8Array`, integers as `number`. Its members are asked for through
 * `safe-bencode.ts`: by itself it decodes some strangers' bytes for ever.
 */
declare module 'bencode' {
  /** Decodes one value with the help of its own members, whose state is the function's: there is one at a time. */
  interface Decode {
    (bytes: Uint8Array): unknown;
    data: Uint8Array;
    /** Where in `data` the next value begins. */
    position: number;
    /** A byte string. */
    buffer(): Uint8Array;
    list(): unknown[];
    dictionary(): Record<string, unknown>;
  }
  const bencode: { decode: Decode; encode(value: unknown): Uint8Array };
  export default bencode;
}
