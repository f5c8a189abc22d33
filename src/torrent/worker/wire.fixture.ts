/** A peer's handshake, with the extension protocol (BEP 10) and without the fast extension. */
export const HANDSHAKE = Buffer.concat([
  Buffer.from('\x13BitTorrent protocol\0\0\0\0\0\x10\0\0', 'latin1'),
  Buffer.alloc(20, 1),
  Buffer.alloc(20, 2),
]);

/** A message of the wire, behind its length. */
export function framed(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

/** The message of a kind whose numbers are of 32 bits each. */
export function numbered(kind: number, ...numbers: number[]): Uint8Array {
  const message = Buffer.alloc(1 + 4 * numbers.length, kind);
  for (const [place, number] of numbers.entries()) message.writeUInt32BE(number, 1 + 4 * place);
  return framed(message);
}
