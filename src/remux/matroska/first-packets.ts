import { packetSamples } from '../audio-frames.ts';
import { ByteCursor } from '../byte-cursor.ts';
import type { AudioFormat } from '../packet.ts';
import { readBlocks } from './blocks.ts';
import { FilmClock } from './clock.ts';
import { restoreFrame } from './frames.ts';
import type { Grid } from './timing.ts';
import type { MatroskaTrack } from './tracks.ts';
import type { MatroskaFilm } from './video-reading.ts';

/** How an audio track begins. */
export interface FirstPacket {
  /** The track has no packet before this offset. */
  offset: number;
  /** Where its packets lie in time; null when it begins too late to be looked for or its packets' length is unknown. */
  grid: Grid | null;
}

/** Tracks that begin later than this in the file have no grid: their times stay as written. */
const MAX_SCAN_BYTES = 2 << 20;

/** The first packet of every audio track, by track number, from the beginning of the film. */
export async function findFirstPackets(
  film: MatroskaFilm,
  tracks: readonly { track: MatroskaTrack; format: AudioFormat }[],
  signal: AbortSignal,
): Promise<Map<number, FirstPacket>> {
  const start = film.head.firstCluster ?? film.index.keyframes[0]?.offset ?? 0;
  const limit = start + MAX_SCAN_BYTES;
  const missing = new Map(tracks.map((entry) => [entry.track.number, entry]));
  const found = new Map<number, FirstPacket>();
  const cursor = new ByteCursor(film.source, start, limit, film.head.sizeBytes, signal);
  try {
    for await (const block of readBlocks(cursor, (number) => missing.has(number), MAX_SCAN_BYTES)) {
      const entry = missing.get(block.trackNumber);
      const frame = entry && block.frames[0] && restoreFrame(block.frames[0], entry.track.encoding);
      if (frame) {
        const { track, format } = entry;
        const samples = packetSamples(format, frame);
        const clock = new FilmClock(film.index, film.head.secondsPerTick, track, film.main);
        const anchorSeconds = clock.seconds(block.timestamp);
        const grid = samples ? { anchorSeconds, stepSeconds: samples / format.sampleRate } : null;
        found.set(track.number, { offset: block.offset, grid });
        missing.delete(track.number);
      }
      if (missing.size === 0) break;
    }
  } finally {
    await cursor.close();
  }
  for (const number of missing.keys())
    found.set(number, { offset: Math.min(limit, cursor.position), grid: null });
  return found;
}
