import type { IpcHealth } from '../../../electron/ipc/contract.ts';
import type { Capabilities } from '../../../src/plan/types.ts';
import type { ApiClient } from '../api/client.ts';

/** What a film needs from around it. */
export interface FilmContext {
  /** The client of the core as it is now; another one when a restart gave it another port. */
  api(): ApiClient;
  health(): IpcHealth;
  capabilities: Capabilities;
  /** What the viewer understands, BCP 47. */
  languages(): string[];
}

/** Where a film goes on that played elsewhere. */
export interface Place {
  /** Film time. */
  seconds: number;
  isPaused: boolean;
  /** Position among the audio tracks. */
  audioIndex: number;
  /** Position among the subtitles; null: none. */
  subtitleIndex: number | null;
  /** What to tell of it; null: nothing. */
  notice: string | null;
}
