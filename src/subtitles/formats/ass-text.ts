import { type Cue, MAX_CUE_CHARS } from '../cue.ts';
import { PLAIN, runsToCueText, type StyledRun } from '../webvtt/markup.ts';

/** What of an ASS style WebVTT can say, too. */
export type AssStyle = Omit<StyledRun, 'text'>;

/**
 * The text of an ASS event as WebVTT: weight, slant and underline stay, `\an` becomes a place at the top, in the middle or at the bottom.
 * Drawings are no text, and are left out. `\n`, a line break to some renderers and a space to others, is one as in libavcodec.
 */
export function assText(source: string, style: AssStyle = PLAIN): Pick<Cue, 'text' | 'settings'> {
  if (source.length > 4 * MAX_CUE_CHARS) return { text: '', settings: '' };
  const runs: StyledRun[] = [];
  let look: AssStyle = { ...style };
  let isDrawing = false;
  for (const [part, override] of partsOf(source)) {
    if (override !== undefined) {
      look = overridden(look, override, style);
      const drawing = lastOf(override, /\\p(\d{1,3})/g);
      if (drawing !== null) isDrawing = drawing > 0;
    } else if (!isDrawing) {
      const text = part.replace(/\\[Nn]/g, '\n').replace(/\\h/g, '\u00a0');
      runs.push({ ...look, text });
    }
  }
  return { text: runsToCueText(runs), settings: alignmentIn(source) };
}

/** Cue settings for the first `\an` or `\a` of a text: WebVTT puts cues at the bottom by itself. */
export function alignmentIn(source: string): string {
  const match = /\{[^{}]{0,500}?\\(an?)(\d{1,2})[^{}]{0,500}\}/.exec(source.slice(0, MAX_CUE_CHARS));
  if (!match) return '';
  const value = Number(match[2]);
  // SSA's own numbers: 5 to 7 at the top, 9 to 11 in the middle.
  const isTop = match[1] === 'an' ? value >= 7 && value <= 9 : value >= 5 && value <= 7;
  const isMiddle = match[1] === 'an' ? value >= 4 && value <= 6 : value >= 9 && value <= 11;
  if (isTop) return 'line:0';
  return isMiddle ? 'line:50%' : '';
}

/** Text, and overrides in braces; a brace that is not closed is text. */
function* partsOf(source: string): Generator<[text: string, override?: string]> {
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('{', at);
    const end = open < 0 ? -1 : source.indexOf('}', open);
    if (open < 0 || end < 0) {
      yield [source.slice(at)];
      return;
    }
    if (open > at) yield [source.slice(at, open)];
    yield ['', source.slice(open + 1, end)];
    at = end + 1;
  }
}

function overridden(look: AssStyle, override: string, style: AssStyle): AssStyle {
  const base = /\\r/.test(override) ? style : look;
  const bold = lastOf(override, /\\b(\d{1,4})/g);
  const italic = lastOf(override, /\\i(\d)/g);
  const underline = lastOf(override, /\\u(\d)/g);
  return {
    // A weight from 600 on is bold, 1 stands for 700.
    bold: bold === null ? base.bold : bold === 1 || bold >= 600,
    italic: italic === null ? base.italic : italic > 0,
    underline: underline === null ? base.underline : underline > 0,
  };
}

function lastOf(override: string, pattern: RegExp): number | null {
  const last = [...override.matchAll(pattern)].at(-1)?.[1];
  return last === undefined ? null : Number(last);
}
