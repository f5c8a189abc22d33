import type { Tool } from './candidates.ts';

/**
 * The oldest release line that may read strangers' films. FFmpeg 4 and older (`ffprobe-static` carries 4.0.2 of 2018) hold years of
 * fixed demuxer and decoder vulnerabilities.
 */
export const OLDEST_SAFE_MAJOR = 5;

/** The version in the first line of `-version`, which must be this very tool's; null otherwise. */
export function parseVersion(tool: Tool, stdout: string): string | null {
  return new RegExp(`^${tool} version (\\S+)`).exec(stdout)?.[1] ?? null;
}

/** `5` of `5.1.9-0+deb12u1` or `n5.1`; null for a build of the development branch (`N-109542-g1bf1222`, `2024-01-01-git-…`). */
export function majorVersion(version: string): number | null {
  const major = /^n?(\d+)(?:\.|-|$)/.exec(version)?.[1];
  // A date: nightly builds are named by their day.
  return major === undefined || major.length === 4 ? null : Number(major);
}

/** Whether a version says of itself that it is too old for hostile media. One that names no release is taken for a new one. */
export function isObsolete(version: string): boolean {
  const major = majorVersion(version);
  return major !== null && major < OLDEST_SAFE_MAJOR;
}
