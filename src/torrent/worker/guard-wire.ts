import type { Torrent, Wire } from 'webtorrent';
import { contained } from './contained.ts';

/**
 * Ends the connection to a peer that sends what no peer may. The libraries do not (found by sending them junk): ut_metadata 5.0.1 throws over a
 * description that nobody asked for, and a piece beyond the last one makes webtorrent's counts of pieces an array of four billion, which ends the process.
 */
export function guardWire(wire: Wire, torrent: Pick<Torrent, 'pieces'>): void {
  const onHave = wire._onHave.bind(wire);
  wire._onHave = (index) => {
    const { length } = torrent.pieces;
    // None as long as nobody knows how many there are: then nobody counts them.
    if (length > 0 && index >= length) wire.destroy();
    else onHave(index);
  };
  wire._onExtended = contained(wire._onExtended.bind(wire) as (...args: unknown[]) => unknown, () =>
    wire.destroy(),
  );
}
