import type { Segment } from '../plan/types.ts';
import { PlayPosition } from './play-position.ts';
import type { StreamQuery } from './types.ts';

/**
 * Where a session's next playlist begins: at the `seek` it is asked for; after an audio switch (contract: "position is kept"), or a player's
 * complaint, where the viewer is; otherwise at the session's start time. Times are film time, seconds; `nowMs` is of one monotonic clock.
 */
export class PlaylistStart {
  readonly #startSeconds: number;
  readonly #position: PlayPosition;
  #lastSeek: { seekId: string; query: SettledQuery } | undefined;
  /** `handed`: a playlist of the new tracks went out, but nothing of it was played yet, so asking again (HEAD, then GET) gives the same. */
  #keeping: 'none' | 'pending' | 'handed' = 'none';

  constructor(startSeconds: number, nowMs: number) {
    this.#startSeconds = startSeconds;
    this.#position = new PlayPosition(startSeconds, nowMs);
  }

  /** The next playlist carries other tracks: the viewer stays in place. */
  keepPlace(): void {
    this.#keeping = 'pending';
  }

  /** What a `/stream` query asks for. Contract: repeating a `seek_id` is a no-op, so it is no new seek and gets the slice it got before. */
  settle(query: StreamQuery, nowMs: number): SettledQuery {
    const repeated =
      query.seekId === undefined || query.seekId !== this.#lastSeek?.seekId ? null : this.#lastSeek.query;
    const staysPut = this.#keeping !== 'none' && (repeated !== null || query.seekSeconds === undefined);
    if (repeated && !staysPut) return repeated;
    const seekSeconds = staysPut ? this.#stayPut(nowMs) : this.#begin(query.seekSeconds, nowMs);
    const settled = { ...(repeated ?? query), seekSeconds };
    if (query.seekId !== undefined) this.#lastSeek = { seekId: query.seekId, query: settled };
    return settled;
  }

  /** Where a playlist begins that cannot be asked for a time. */
  withoutSeek(nowMs: number): number {
    return this.#keeping === 'none' ? this.#begin(undefined, nowMs) : this.#stayPut(nowMs);
  }

  /** Where the viewer is, seconds. */
  place(nowMs: number): number {
    return this.#position.at(nowMs);
  }

  requested(rendition: string, segment: Segment, nowMs: number): void {
    this.#position.requested(rendition, segment, nowMs);
    if (this.#keeping === 'handed') this.#keeping = 'none';
  }

  #stayPut(nowMs: number): number {
    const seconds = this.#position.at(nowMs);
    this.#position.begin(seconds, nowMs);
    this.#keeping = 'handed';
    return seconds;
  }

  #begin(seekSeconds: number | undefined, nowMs: number): number {
    const seconds = seekSeconds ?? this.#startSeconds;
    this.#position.begin(seconds, nowMs);
    this.#keeping = 'none';
    return seconds;
  }
}

export type SettledQuery = StreamQuery & { seekSeconds: number };
