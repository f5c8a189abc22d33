import { RaffiError } from '../errors.ts';
import type { Cue } from './cue.ts';
import { isAss, parseAss } from './formats/ass.ts';
import { decodeText } from './formats/decode-text.ts';
import { isSubrip, parseSubrip } from './formats/subrip.ts';
import { isWebvtt, parseWebvtt } from './webvtt/parse-webvtt.ts';

/** A film of three hours with two languages in ASS, styled to the last letter, stays below. */
export const MAX_SUBTITLE_FILE_BYTES = 4 * 1024 * 1024;

export interface SubtitleFile {
  /** ffprobe's names, as of the tracks in films. */
  codec: 'webvtt' | 'ass' | 'subrip';
  /** By their start; of cues that begin together, in the file's order. */
  cues: Cue[];
}

/**
 * Reads a subtitle file of any of the kinds that people have, told by its content: names lie.
 *
 * @param language for how it is written, where the file itself does not say: see `decodeText`
 * @throws `bad_subtitles` when it is none of them, or holds no line
 */
export function readSubtitleFile(bytes: Uint8Array, language: string | null): SubtitleFile {
  const text = decodeText(bytes, language);
  const file = parse(text);
  const cues = (file?.cues ?? [])
    .filter((cue) => cue.text !== '' && cue.endSeconds > cue.startSeconds)
    .sort((a, b) => a.startSeconds - b.startSeconds);
  if (!file || cues.length === 0) {
    throw new RaffiError(
      'bad_subtitles',
      'These are no subtitles that Raffi can read. Send a SubRip (.srt), WebVTT (.vtt) or ASS/SSA file with at least one line.',
    );
  }
  return { ...file, cues };
}

function parse(text: string): SubtitleFile | null {
  if (isWebvtt(text)) return { codec: 'webvtt', cues: parseWebvtt(text) };
  if (isAss(text)) return { codec: 'ass', cues: parseAss(text) };
  return isSubrip(text) ? { codec: 'subrip', cues: parseSubrip(text) } : null;
}
