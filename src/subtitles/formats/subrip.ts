import { type Cue, MAX_CUE_CHARS, MAX_CUES } from '../cue.ts';
import { toCueText } from '../webvtt/markup.ts';
import { secondsOf } from '../webvtt/parse-webvtt.ts';
import { alignmentIn } from './ass-text.ts';

/** Lax as its writers are: any line break, a point for the comma, fewer digits, positions behind the times. */
const TIMING =
  /^\s*(\d{1,4}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?\s*--?>\s*(\d{1,4}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?/;

/** Whether a text has the timing lines of SubRip, near its beginning. */
export function isSubrip(text: string): boolean {
  return text
    .slice(0, 10_000)
    .split(/\r\n|\n|\r/)
    .some((line) => TIMING.test(line));
}

/** The cues of a SubRip file, in its order. Times decide where a cue begins; numbers and empty lines, which writers forget, do not. */
export function parseSubrip(text: string): Cue[] {
  const lines = text.split(/\r\n|\n|\r/);
  const cues: Cue[] = [];
  let at = lines.findIndex((line) => TIMING.test(line));
  while (at >= 0 && at < lines.length && cues.length < MAX_CUES) {
    const timing = TIMING.exec(lines[at] ?? '');
    let next = at + 1;
    while (next < lines.length && !TIMING.test(lines[next] ?? '')) next++;
    // The number before the next cue's times is that cue's.
    const isNumbered = next < lines.length && /^\s*\d{1,9}\s*$/.test(lines[next - 1] ?? '') && next - 1 > at;
    const source = lines.slice(at + 1, isNumbered ? next - 1 : next).join('\n');
    if (timing) {
      const [, h1, m1, s1, ms1 = '', h2, m2, s2, ms2 = ''] = timing;
      cues.push({
        startSeconds: secondsOf(h1, m1, s1, ms1.padEnd(3, '0')),
        endSeconds: secondsOf(h2, m2, s2, ms2.padEnd(3, '0')),
        ...subripText(source),
      });
    }
    at = next;
  }
  return cues;
}

/** The text of one SubRip cue, as files and Matroska have it. Some of ASS's overrides are common in it. */
export function subripText(source: string): Pick<Cue, 'text' | 'settings'> {
  if (source.length > MAX_CUE_CHARS) return { text: '', settings: '' };
  const text = toCueText(source.replace(/\{\\[^{}]{0,200}\}/g, ''), 'subrip');
  return { text, settings: alignmentIn(source) };
}
