import ProtocolWire from 'bittorrent-protocol';
import type { Wire } from 'webtorrent';
import { contained } from './contained.ts';

/** Of one message. Large ones are the bitfield of half a million pieces (64 KiB) and a block (128 KiB at most). */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Ends the connection to a peer. Nothing of what else it sent is looked at. */
export function endWire(wire: Wire): void {
  wire._parse(Number.MAX_VALUE, () => {});
  wire.destroy();
}

// In the library's prototype: who connects to us sends messages before webtorrent has found its torrent and tells anybody of the connection.
// bittorrent-protocol 5.0.9 waits for messages of two gigabytes, and exceptions in it, which nobody catches, end the thread (found by sending it
// junk): over a public key that is zero, and over an extended handshake whose numbers are dictionaries.
const { prototype } = ProtocolWire;
const { _onMessageLength, _processBuffer, _onExtended } = prototype;

prototype._onMessageLength = function (this: Wire, bytes) {
  // Unsigned. The library reads a negative number from 2^31 on, and takes it for nothing.
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (length > MAX_MESSAGE_BYTES) endWire(this);
  else _onMessageLength.call(this, bytes);
};

prototype._processBuffer = function (this: Wire) {
  try {
    _processBuffer.call(this);
  } catch (error) {
    // Once hands are shaken, listeners of our own take part, whose errors are not to be hidden.
    if (this.peerId) throw error;
    endWire(this);
  }
};

prototype._onExtended = function (this: Wire, ...args) {
  contained(_onExtended.bind(this) as (...all: unknown[]) => unknown, () => endWire(this))(...args);
};
