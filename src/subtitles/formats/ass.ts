import { type Cue, MAX_CUES } from '../cue.ts';
import { PLAIN } from '../webvtt/markup.ts';
import { secondsOf } from '../webvtt/parse-webvtt.ts';
import { type AssStyle, assText } from './ass-text.ts';

/** Style names and what WebVTT can say of them. */
export type AssStyles = ReadonlyMap<string, AssStyle>;

/** More than any file has; those behind are plain. */
const MAX_STYLES = 1_000;
const TIME = /^\s*(\d{1,4}):(\d{1,2}):(\d{1,2})[.:](\d{1,3})\s*$/;
/** Where a file does not say it itself; v4 and v4+ have these places. */
const EVENT_FORMAT = 'Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text';

/** Whether a text is an ASS or SSA file. */
export function isAss(text: string): boolean {
  return /^\s*\[(?:script info|v4\+? styles|events)\]/im.test(text.slice(0, 10_000));
}

/** The events of an ASS or SSA file, by their time: files are in the order of layers as often. */
export function parseAss(text: string): Cue[] {
  const styles = parseAssStyles(text);
  const cues: Cue[] = [];
  let columns = columnsOf(EVENT_FORMAT);
  for (const { section, key, value } of linesOf(text)) {
    if (section !== 'events') continue;
    if (key === 'format') columns = columnsOf(value);
    if (key !== 'dialogue' || cues.length >= MAX_CUES) continue;
    const cell = cellsOf(value, columns);
    const startSeconds = timeOf(cell('start'));
    const endSeconds = timeOf(cell('end'));
    if (startSeconds === null || endSeconds === null) continue;
    cues.push({ startSeconds, endSeconds, ...assText(cell('text'), styleOf(styles, cell('style'))) });
  }
  return cues.sort((a, b) => a.startSeconds - b.startSeconds);
}

/** The styles of a file, or of a track's header in Matroska. */
export function parseAssStyles(text: string): AssStyles {
  const styles = new Map<string, AssStyle>();
  let columns: string[] = [];
  for (const { section, key, value } of linesOf(text)) {
    if (!section.startsWith('v4')) continue;
    if (key === 'format') columns = columnsOf(value);
    if (key !== 'style' || styles.size >= MAX_STYLES) continue;
    const cell = cellsOf(value, columns);
    // -1 is true, by the book.
    const isSet = (name: string) => Number(cell(name)) !== 0 && cell(name) !== '';
    styles.set(cell('name').trim(), {
      bold: isSet('bold'),
      italic: isSet('italic'),
      underline: isSet('underline'),
    });
  }
  return styles;
}

/**
 * An event as Matroska keeps it (matroska.org/technical/subtitles): ReadOrder, Layer, Style, Name, three margins, Effect, Text. Its times are
 * the block's.
 */
export function assBlockText(source: string, styles: AssStyles): Pick<Cue, 'text' | 'settings'> {
  const cell = cellsOf(source, BLOCK_COLUMNS);
  return assText(cell('text'), styleOf(styles, cell('style')));
}

const BLOCK_COLUMNS = 'readorder layer style name marginl marginr marginv effect text'.split(' ');

/** `*Default` is how old writers mark the style of that name. */
function styleOf(styles: AssStyles, name: string): AssStyle {
  return styles.get(name.trim().replace(/^\*/, '')) ?? PLAIN;
}

function* linesOf(text: string): Generator<{ section: string; key: string; value: string }> {
  let section = '';
  for (const line of text.split(/\r\n|\n|\r/)) {
    const heading = /^\s*\[([^\]]{1,40})\]/.exec(line);
    if (heading) section = heading[1]?.toLowerCase() ?? '';
    const colon = line.indexOf(':');
    if (colon > 0 && colon < 20)
      yield { section, key: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1) };
  }
}

function columnsOf(format: string): string[] {
  return format
    .slice(0, 1_000)
    .split(',')
    .map((name) => name.trim().toLowerCase());
}

/** The last column takes all the rest: text has commas of its own. */
function cellsOf(value: string, columns: readonly string[]): (name: string) => string {
  const cells: string[] = [];
  let at = 0;
  for (let column = 1; column < columns.length; column++) {
    const comma = value.indexOf(',', at);
    if (comma < 0) break;
    cells.push(value.slice(at, comma));
    at = comma + 1;
  }
  cells.push(value.slice(at).replace(/^ /, ''));
  return (name) => cells[columns.indexOf(name)] ?? '';
}

function timeOf(text: string): number | null {
  const match = TIME.exec(text);
  if (!match) return null;
  const [, hours, minutes, seconds, fraction = ''] = match;
  return secondsOf(hours, minutes, seconds, fraction.padEnd(3, '0'));
}
