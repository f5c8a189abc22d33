/** BEP 14: where peers of a local network tell of their torrents. The group for IPv6 (`ff15::efc0:988f`) is not used. */
export const LSD_GROUP = '239.192.152.143';
export const LSD_PORT = 6771;
/** BEP 14: a datagram is at most so large. */
const MAX_BYTES = 1400;

export interface LsdMessage {
  /** Where the sender listens for peers. */
  port: number;
  /** 40 hexadecimal digits each, in lower case. */
  infoHashes: readonly string[];
  /** By which a sender knows its own. */
  cookie: string;
}

export function writeLsdMessage({ port, infoHashes, cookie }: LsdMessage): string {
  const lines = [
    'BT-SEARCH * HTTP/1.1',
    `Host: ${LSD_GROUP}:${LSD_PORT}`,
    `Port: ${port}`,
    ...infoHashes.map((infoHash) => `Infohash: ${infoHash}`),
    `cookie: ${cookie}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n\r\n`;
}

/** Null for whatever is no such message: anybody in the network can send anything. */
export function parseLsdMessage(bytes: Uint8Array): LsdMessage | null {
  if (bytes.length > MAX_BYTES) return null;
  const [first, ...lines] = Buffer.from(bytes).toString('latin1').split('\r\n');
  if (first !== 'BT-SEARCH * HTTP/1.1') return null;
  const values = (name: string) =>
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return line.slice(0, colon).toLowerCase() === name ? [line.slice(colon + 1).trim()] : [];
    });
  const [digits = '', ...otherPorts] = values('port');
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  const infoHashes = values('infohash').filter((hash) => /^[0-9a-f]{40}$/i.test(hash));
  if (otherPorts.length > 0 || port < 1 || port > 65_535 || infoHashes.length === 0) return null;
  return {
    port,
    infoHashes: infoHashes.map((hash) => hash.toLowerCase()),
    cookie: values('cookie')[0] ?? '',
  };
}
