import { languageOfTag, languageOfWord } from './language-word.ts';

/** What the name of a subtitle file says of it. */
export interface Labels {
  /** BCP 47; null when the name does not say. */
  language: string | null;
  /** Shows only what must be read to follow the film. */
  isForced: boolean;
  /** Tells sounds, too: for who cannot hear them. */
  isForDeaf: boolean;
  /** What says something else. */
  rest: string;
}

const FORCED = new Set(['forced', 'foreign']);
const FOR_DEAF = new Set(['sdh', 'cc', 'hoh', 'captions', 'hearing', 'impaired', 'closed']);
/** Says nothing that is not known. */
const IDLE = new Set([
  'sub',
  'subs',
  'subtitle',
  'subtitles',
  'full',
  'default',
  'parts',
  'only',
  'american',
  'america',
  'utf8',
]);
/** Which kind of a language: of this one, and told alone it names this one. */
const KINDS = new Map<string, { language: string; tag: string }>([
  ...all('brazil brazilian brasil brasileiro', 'pt', 'pt-BR'),
  ...all('latin latino latam latinoamericano', 'es', 'es-419'),
  ...all('simplified', 'zh', 'zh-Hans'),
  ...all('traditional', 'zh', 'zh-Hant'),
  ...all('canadian canada', 'fr', 'fr-CA'),
]);

/**
 * Reads the labels in a name without its extension: `2_English`, `eng.forced`, `Portuguese (Brazil)`, `pt-BR.sdh`.
 *
 * @param where behind a film's name labels are `anywhere`; in a name of its own they are at its `end`, and what precedes them is that name
 */
export function readLabels(name: string, where: 'anywhere' | 'end'): Labels {
  const words = wordsOf(name);
  const labels: Labels = { language: null, isForced: false, isForDeaf: false, rest: '' };
  const rest: string[] = [];
  let kind: { language: string; tag: string } | undefined;
  let maybeHindi = false;
  // From the end: the language stands nearest to it, and what could be a second one is part of something else.
  for (let at = words.length - 1, taken = 1; at >= 0; at -= taken) {
    taken = 1;
    const { text, end } = words[at] ?? NO_WORD;
    const word = text.toLowerCase();
    if (FORCED.has(word)) labels.isForced = true;
    else if (FOR_DEAF.has(word)) labels.isForDeaf = true;
    else if (word === 'hi') maybeHindi = true;
    else if (KINDS.has(word)) kind = KINDS.get(word);
    else if (!IDLE.has(word) && !/^\d{1,2}$/.test(word)) {
      const found = labels.language === null ? languageAt(name, words, at) : null;
      if (found) {
        labels.language = found.language;
        taken = found.words;
      } else if (where === 'anywhere') {
        rest.unshift(text);
      } else {
        rest.push(name.slice(0, end));
        break;
      }
    }
  }
  // Beside a language these two letters are the hearing impaired; alone they are Hindi.
  if (maybeHindi && labels.language !== null) labels.isForDeaf = true;
  else if (maybeHindi) labels.language = 'hi';
  if (kind && (labels.language ?? kind.language) === kind.language) labels.language = kind.tag;
  return { ...labels, rest: rest.join(' ') };
}

interface Word {
  text: string;
  start: number;
  end: number;
}
const NO_WORD: Word = { text: '', start: 0, end: 0 };

function wordsOf(name: string): Word[] {
  return [...name.matchAll(/[^\s._\-()[\]{}+,&~]+/g)].map(({ 0: text, index }) => ({
    text,
    start: index,
    end: index + text.length,
  }));
}

/** The language that the words up to this one say, all parts of a tag together. */
function languageAt(
  name: string,
  words: readonly Word[],
  at: number,
): { language: string; words: number } | null {
  const { text, end } = words[at] ?? NO_WORD;
  for (const count of [3, 2]) {
    const first = words[at - count + 1];
    const language = first ? languageOfTag(name.slice(first.start, end)) : null;
    if (language !== null) return { language, words: count };
  }
  const language = languageOfWord(text);
  return language === null ? null : { language, words: 1 };
}

function all(words: string, language: string, tag: string): [string, { language: string; tag: string }][] {
  return words.split(' ').map((word) => [word, { language, tag }]);
}
