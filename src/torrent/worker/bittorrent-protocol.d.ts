/** The class of webtorrent's wires, of bittorrent-protocol 5.0.9, which carries no types. Its prototype is a seam, see `guard-protocol.ts`. */
declare module 'bittorrent-protocol' {
  import type { Duplex } from 'node:stream';
  import type { Wire } from 'webtorrent';

  const ProtocolWire: {
    /** What is written to it came from the peer. `encryption`: 0 for none, 1 where the peer asks for it, 2 for nothing else. */
    new (type?: string, encryption?: 0 | 1 | 2): Wire & Pick<Duplex, 'write'>;
    prototype: Wire;
  };
  export default ProtocolWire;
}
