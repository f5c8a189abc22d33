/** The tags of WebVTT (W3C WebVTT §4.2.2), by what may follow their name: classes, or classes and an annotation. */
const WEBVTT_TAGS: ReadonlySet<string> = new Set(['b', 'i', 'u', 'c', 'v', 'lang', 'ruby', 'rt']);
/** What of them SubRip has, too. */
const SUBRIP_TAGS: ReadonlySet<string> = new Set(['b', 'i', 'u']);
const ANNOTATED: ReadonlySet<string> = new Set(['v', 'lang']);
/** HTML that SubRip files carry: taken for markup, and left out. */
const DROPPED: ReadonlySet<string> = new Set([
  'font',
  'span',
  'p',
  's',
  'strike',
  'strong',
  'em',
  'c',
  'v',
  'lang',
]);
/** Deeper than any file has reason to nest. */
const MAX_DEPTH = 16;

const TOKEN =
  /<(\/?)([a-zA-Z]{1,8})((?:\.[\w.-]{1,100})?)((?:\s[^<>]{0,300})?)\s?\/?>|<(?:\d{2,4}:)?\d{2}:\d{2}\.\d{3}>|&(?:amp|lt|gt|nbsp|lrm|rlm|#\d{1,7}|#x[0-9a-fA-F]{1,6});|[&<>]/g;

/**
 * Text with markup of others as WebVTT cue text: tags that WebVTT has are kept and closed where they are left open, those that only say how it
 * looks are left out, and all else is text. Nothing of it can end the cue or begin another.
 */
export function toCueText(source: string, dialect: 'webvtt' | 'subrip'): string {
  const tags = dialect === 'webvtt' ? WEBVTT_TAGS : SUBRIP_TAGS;
  const open: string[] = [];
  const marked = source.replace(
    TOKEN,
    (token: string, slash?: string, name?: string, classes = '', annotation = '') => {
      if (name === undefined) {
        if (token.length === 1) return escapeText(token);
        return token.startsWith('<') && dialect !== 'webvtt' ? escapeText(token) : token;
      }
      const tag = name.toLowerCase();
      if (tag === 'br') return '\n';
      if (!tags.has(tag)) return DROPPED.has(tag) ? '' : escapeText(token);
      if (slash === '/') return close(open, tag);
      if (open.length >= MAX_DEPTH) return '';
      open.push(tag);
      const said =
        dialect === 'webvtt' && ANNOTATED.has(tag) ? annotation.replace(/[\s&]+/g, ' ').trimEnd() : '';
      return `<${tag}${dialect === 'webvtt' ? classes : ''}${said}>`;
    },
  );
  return tidyLines(marked + closing(open));
}

/** A stretch of text of one look. */
export interface StyledRun {
  text: string;
  bold: boolean;
  italic: boolean;
  underline: boolean;
}

export const PLAIN = { bold: false, italic: false, underline: false } as const;

/** Runs of plain text as WebVTT cue text. */
export function runsToCueText(runs: readonly StyledRun[]): string {
  let text = '';
  let before: readonly string[] = [];
  for (const run of runs) {
    if (run.text === '') continue;
    const tags = tagsOf(run);
    if (tags.join() !== before.join()) {
      text += closing(before) + tags.map((tag) => `<${tag}>`).join('');
      before = tags;
    }
    text += escapeText(run.text);
  }
  return tidyLines(text + closing(before));
}

/** Characters that mean something to WebVTT, as themselves. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Without empty lines, which would end the cue, and without control characters. */
export function tidyLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(CONTROL, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\u2028\u2029\ufeff]/g;

function tagsOf({ bold, italic, underline }: StyledRun): string[] {
  return [...(bold ? ['b'] : []), ...(italic ? ['i'] : []), ...(underline ? ['u'] : [])];
}

function closing(tags: readonly string[]): string {
  return tags
    .toReversed()
    .map((tag) => `</${tag}>`)
    .join('');
}

/** Closes a tag and those within it that were left open; nothing where it is not open. */
function close(open: string[], tag: string): string {
  const at = open.lastIndexOf(tag);
  return at < 0 ? '' : closing(open.splice(at));
}
