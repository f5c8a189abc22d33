import type { Capabilities } from './types.ts';

/** What the rules compare against; every member known. */
export interface Client {
  containers: readonly string[];
  video: readonly string[];
  audio: readonly string[];
  maxChannels: number;
  maxHeight: number;
  hdr: boolean;
}

/**
 * The client of the documented API, which measures nothing: H.264 8-bit 4:2:0 up to level 5.2, AAC-LC and HE-AAC, in MP4.
 */
export const BASELINE: Client = {
  containers: ['video/mp4', 'audio/mp4'],
  video: ['avc1.640034'],
  audio: ['mp4a.40.2', 'mp4a.40.5', 'mp4a.40.29'],
  maxChannels: Number.POSITIVE_INFINITY,
  maxHeight: Number.POSITIVE_INFINITY,
  hdr: false,
};

/** A client's own word, or the baseline when it gave none. */
export function clientOf(capabilities: Capabilities | undefined): Client {
  return capabilities ?? BASELINE;
}
