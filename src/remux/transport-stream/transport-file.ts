import type { ByteSource } from '../../source/byte-source.ts';
import { ByteCursor } from '../byte-cursor.ts';
import type { PacketLayout } from './packets.ts';
import { type PesUnit, readPes } from './pes.ts';

/** A transport stream that lies in a file. */
export interface TransportFile {
  source: ByteSource;
  sizeBytes: number;
  layout: PacketLayout;
}

/** Where some streams are read, as absolute offsets. */
export interface ReadRange {
  from: number;
  /** Up to where bytes will probably be wanted: one request. */
  expectedEnd: number;
  /** Nothing behind is read, whether or not the streams have said anything by then. */
  limit?: number;
}

/** The PES packets of some streams from an offset on, see `readPes`. Ends its reading when it is left. */
export async function* readUnits(
  { source, sizeBytes, layout }: TransportFile,
  { from, expectedEnd, limit }: ReadRange,
  isWanted: (pid: number) => boolean,
  signal?: AbortSignal,
): AsyncGenerator<PesUnit, void, undefined> {
  const cursor = new ByteCursor(source, from, expectedEnd, sizeBytes, signal);
  try {
    yield* readPes(cursor, layout, isWanted, limit);
  } finally {
    await cursor.close();
  }
}

/** The multiple of a packet's size at or before an offset: where most files' packets begin. */
export function packetStart(offset: number, { packetBytes }: PacketLayout): number {
  return offset - (offset % packetBytes);
}
