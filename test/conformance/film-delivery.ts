import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { randomNumbers } from '../support/random.ts';
import {
  type MasterPlaylist,
  type MediaPlaylist,
  readMasterPlaylist,
  readMediaPlaylist,
} from './playlists.ts';
import type { Rig } from './rig.ts';

/** A CMAF rendition as its playlist names it. */
export interface Rendition {
  /** `v0`, `a0` … */
  id: string;
  playlist: MediaPlaylist;
}

/** What the core says a session's film is made of. */
export interface Delivery {
  sessionId: string;
  durationSeconds: number;
  master: MasterPlaylist;
  renditions: Rendition[];
  /** MPEG-TS; null when the film cannot be delivered so. */
  transport: MediaPlaylist | null;
}

/** Every playlist of a session, read by both parsers. */
export async function deliveryOf(rig: Rig, sessionId: string): Promise<Delivery> {
  const { durationSeconds = Number.NaN } = await rig.view(sessionId);
  const master = readMasterPlaylist(await rig.text(`/sessions/${sessionId}/master.m3u8`));
  const uris = new Set([...master.variants, ...master.audio].map(({ uri }) => uri));
  const renditions = await Promise.all(
    [...uris].map(async (uri) => ({
      id: /\/hls\/(\w+)\//.exec(uri)?.[1] ?? '',
      playlist: readMediaPlaylist(await rig.text(uri)),
    })),
  );
  const stream = await rig.get(`/sessions/${sessionId}/stream`);
  const transport = stream.status === 200 ? readMediaPlaylist(new TextDecoder().decode(stream.bytes)) : null;
  if (transport) expect(stream.headers.get('x-raffi-slice-start')).toBe('0.000');
  return { sessionId, durationSeconds, master, renditions, transport };
}

/** Every URI that a delivery's playlists name, in the order of the film: init segments first. */
export function urisOf({ renditions, transport }: Delivery): string[] {
  const playlists = [...renditions.map(({ playlist }) => playlist), ...(transport ? [transport] : [])];
  const segments = playlists.flatMap(({ segments }) => segments.map(({ uri }, index) => ({ uri, index })));
  return [
    ...playlists.flatMap(({ map }) => (map === null ? [] : [map])),
    ...segments.toSorted((a, b) => a.index - b.index).map(({ uri }) => uri),
  ];
}

/**
 * Fetches URIs three at a time, as a player does, beginning in the order given.
 *
 * @param patient asks again where the core says that it is not ready yet (503), as players do
 * @param onFetched told how many are there now
 */
export async function fetchAll(
  rig: Rig,
  uris: readonly string[],
  { patient = false, onFetched = (_count: number) => {} } = {},
): Promise<Map<string, Uint8Array>> {
  const queue = [...uris];
  const fetched = new Map<string, Uint8Array>();
  const worker = async () => {
    for (let uri = queue.shift(); uri !== undefined; uri = queue.shift()) {
      fetched.set(uri, patient ? await rig.bytesInTime(uri) : await rig.bytes(uri));
      onFetched(fetched.size);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  return fetched;
}

/** Hashes by what comes after the session's id, so that sessions can be compared. */
export function hashes(fetched: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  const named = [...fetched].map(([uri, bytes]) => {
    const name = uri.replace(/^\/sessions\/[^/]+\//, '');
    return [name, createHash('sha1').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same order for the same seed. */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  const result = [...values];
  const random = randomNumbers(seed);
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
