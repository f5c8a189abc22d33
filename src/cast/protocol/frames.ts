/** Of one message: receivers and senders of Google's refuse longer ones (Open Screen's `kMaxBodySize`), so nothing honest is longer. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

const LENGTH_BYTES = 4;

/** A message as it goes over the socket: its length in 32 bits, big-endian, before it. @throws `RangeError` when it is too long. */
export function frame(message: Uint8Array): Uint8Array {
  if (message.length > MAX_MESSAGE_BYTES) throw new RangeError('A cast message is longer than 64 KiB.');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

/** Takes messages out of a stream of bytes, however it is cut. Holds at most one message and the piece that came last. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0);

  /** The messages that are complete with this piece. @throws `RangeError` for one that is too long: nothing after it can be trusted. */
  *push(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.#held = Buffer.concat([this.#held, piece]);
    while (this.#held.length >= LENGTH_BYTES) {
      const length = this.#held.readUInt32BE(0);
      if (length > MAX_MESSAGE_BYTES) throw new RangeError('A cast message is longer than 64 KiB.');
      const end = LENGTH_BYTES + length;
      if (this.#held.length < end) return;
      const message = this.#held.subarray(LENGTH_BYTES, end);
      this.#held = this.#held.subarray(end);
      yield message;
    }
  }
}
