import type { EncoderHealth } from './ffmpeg/encode/encoders/encoders.ts';

/**
 * One of the two programs the core runs: where it was found and what it says of itself, or why there is none. `warning`: it is
 * too old for strangers' films, and what to do.
 */
export type BinaryHealth = { path: string; version: string; warning?: string } | { missing: string };

/** JSON of `GET /`, of the IPC's health message and of `createCore().health()`. */
export interface Health {
  ok: boolean;
  service: 'raffi';
  version: string;
  uptimeSeconds: number;
  /** How many sessions are open. */
  sessions: number;
  ffmpeg: {
    ffmpeg: BinaryHealth;
    ffprobe: BinaryHealth;
    /** Which encoder pictures get, as far as that was found out: at first need, not before. */
    encoder: EncoderHealth;
  };
}
