import type { Torrent, Wire } from 'webtorrent';
import { contained } from './contained.ts';
import { endWire } from './guard-protocol.ts';

/** Requests that a peer is told to have under way at most (BEP 10, `reqq`), and that one may which pays no heed. */
const [REQUESTS_TOLD, MAX_REQUESTS] = [250, 500];
/** Bytes that a peer has asked for and not taken yet: so many blocks of 16 KiB as it may ask for, and some room. */
const MAX_OWED_BYTES = 8 * 1024 * 1024;
/** Addresses that ut_pex remembers of one peer. BEP 11 allows fifty a minute: these come in three hours. */
const MAX_TOLD_PEERS = 10_000;

/**
 * Ends the connection to a peer that sends what no peer may, or more of it. The libraries do not (found by sending them junk): a piece beyond the last one
 * makes webtorrent's counts of pieces an array of four billion, what a peer asks for and does not take is kept until the memory is full, and ut_metadata
 * 5.0.1 ends the thread over a description that has the right hash and is none.
 */
export function guardWire(wire: Wire, torrent: Pick<Torrent, 'pieces'>): void {
  const end = () => endWire(wire);
  wire.extendedHandshake.reqq = REQUESTS_TOLD;

  const onHave = wire._onHave.bind(wire);
  wire._onHave = (index) => {
    const { length } = torrent.pieces;
    // Read as a signed number. Nobody counts them as long as nobody knows how many there are.
    if (index < 0 || (length > 0 && index >= length)) end();
    else onHave(index);
  };

  const onRequest = wire._onRequest.bind(wire);
  wire._onRequest = (index, offset, length) => {
    if (wire.peerRequests.length >= MAX_REQUESTS || owedBytes(wire) + length > MAX_OWED_BYTES) end();
    else onRequest(index, offset, length);
  };

  // Of extensions, too: a question of 30 bytes for the description is answered by 16 KiB.
  const onMessage = wire._onMessage.bind(wire);
  wire._onMessage = (bytes) => {
    if (wire._readableState.buffered > MAX_OWED_BYTES) end();
    else onMessage(bytes);
  };

  // BEP 5: said once. Each is asked in its turn whether it is a node of the DHT, and the queue has no end.
  const onPort = wire._onPort.bind(wire);
  let hasToldPort = false;
  wire._onPort = (port) => {
    if (!hasToldPort) onPort(port);
    hasToldPort = true;
  };

  const { ut_metadata: description, ut_pex: pex } = wire;
  description._checkDone = contained(description._checkDone.bind(description), end);

  let told = 0;
  const onTold = () => {
    told += 1;
    if (told === MAX_TOLD_PEERS) end();
  };
  pex?.on('peer', onTold);
  pex?.on('dropped', onTold);
}

function owedBytes({ peerRequests, _readableState }: Wire): number {
  return peerRequests.reduce((sum, { length }) => sum + Math.max(length, 0), _readableState.buffered);
}
