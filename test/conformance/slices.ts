import { expect } from 'vitest';
import { readMediaPlaylist } from './playlists.ts';
import { type Rig, text } from './rig.ts';

/** What a `/stream` playlist hands out. */
export interface Slice {
  startSeconds: number;
  /** Where the player begins, seconds of film time. */
  offsetSeconds: number;
  names: string[];
}

/** The answer of `/stream` to a query. */
export async function sliceOf(core: Rig, sessionId: string, query = ''): Promise<Slice> {
  const answer = await core.get(`/sessions/${sessionId}/stream/child.m3u8${query}`);
  expect(answer.status, text(answer)).toBe(200);
  const startSeconds = Number(answer.headers.get('x-raffi-slice-start'));
  const names = readMediaPlaylist(text(answer)).segments.map(({ uri }) => uri.split('/').at(-1) ?? '');
  return { startSeconds, offsetSeconds: startSeconds + startOffset(text(answer)), names };
}

/** Where a playlist tells its player to begin, seconds. */
export function startOffset(playlist: string): number {
  return Number(/#EXT-X-START:TIME-OFFSET=(\d+(?:\.\d+)?),PRECISE=YES\n/.exec(playlist)?.[1] ?? 0);
}
