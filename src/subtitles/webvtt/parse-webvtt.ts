import { type Cue, MAX_CUE_CHARS, MAX_CUES } from '../cue.ts';
import { toCueText } from './markup.ts';

const TIMING =
  /^\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{3})\s*-->\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{3})(.{0,500})$/;
/** `region` is left out: the regions of a file are, too. */
const SETTING = /^(?:vertical|line|position|size|align):[\w.,%-]{1,40}$/;

/** Whether a text calls itself WebVTT (W3C WebVTT §4.1). */
export function isWebvtt(text: string): boolean {
  return /^\ufeff?WEBVTT(?:[ \t\n\r]|$)/.test(text);
}

/** The cues of a WebVTT text, in its order; what cannot be understood of it is left out. */
export function parseWebvtt(text: string): Cue[] {
  const cues: Cue[] = [];
  for (const block of blocksOf(text)) {
    if (cues.length >= MAX_CUES) break;
    const cue = parseCueBlock(block);
    if (cue) cues.push(cue);
  }
  return cues;
}

/** A cue, of the lines between two empty ones; null for a header, a note or a style. */
export function parseCueBlock(lines: readonly string[]): Cue | null {
  const at = lines.findIndex((line) => line.includes('-->'));
  if (at < 0 || at > 1) return null;
  const timing = TIMING.exec(lines[at] ?? '');
  if (!timing) return null;
  const [, h1, m1, s1, ms1, h2, m2, s2, ms2, settings = ''] = timing;
  const source = lines.slice(at + 1).join('\n');
  return {
    startSeconds: secondsOf(h1, m1, s1, ms1),
    endSeconds: secondsOf(h2, m2, s2, ms2),
    text: source.length > MAX_CUE_CHARS ? '' : toCueText(source, 'webvtt'),
    settings: checkedSettings(settings),
  };
}

/** Cue settings that WebVTT knows; empty for none. */
export function checkedSettings(settings: string): string {
  return settings
    .slice(0, 500)
    .split(/\s+/)
    .filter((setting) => SETTING.test(setting))
    .join(' ');
}

/** Milliseconds first: a sum of fractions would be off by a rounding. */
export function secondsOf(hours = '0', minutes = '0', seconds = '0', ms = '0'): number {
  return ((Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000 + Number(ms)) / 1000;
}

function* blocksOf(text: string): Generator<string[]> {
  let block: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line !== '') block.push(line);
    else if (block.length > 0) {
      yield block;
      block = [];
    }
  }
  if (block.length > 0) yield block;
}
