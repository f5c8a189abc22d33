import { primaryLanguage } from '../../plan/language.ts';

/** Languages whose names are known, in English and in the language itself. */
const NAMED =
  'af sq ar hy az eu be bn bs bg my ca zh hr cs da nl en et fi fr gl ka de el he hi hu is id ga it ja kn kk km ko ku lo lv lt mk ms ml mr mn ne no fa pl pt pa ro ru sr si sk sl es sw sv ta te th tr uk ur uz vi cy fil yue';

/** What people write beside these names and the codes of ISO 639: other names, codes of subtitle sites, countries in a language's place. */
const ALIASES = new Map(
  Object.entries({
    ...{
      bengali: 'bn',
      farsi: 'fa',
      mandarin: 'zh',
      tagalog: 'fil',
      flemish: 'nl',
      slovene: 'sl',
      castilian: 'es',
    },
    ...{ castellano: 'es', bokmal: 'nb', nynorsk: 'nn' },
    ...{ chs: 'zh-Hans', cht: 'zh-Hant', pob: 'pt-BR', pb: 'pt-BR', br: 'pt-BR' },
    ...{ jp: 'ja', cn: 'zh', cz: 'cs', dk: 'da', ua: 'uk', gr: 'el', vn: 'vi' },
  }),
);
const TAG = /^(?<code>[a-z]{2,3})(?:-(?:hans|hant|latn|cyrl))?(?:-(?<region>[a-z]{2}|\d{3}))?$/i;

const english = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
let byName: ReadonlyMap<string, string> | undefined;

/** The language that a word of a file's name says, BCP 47: `eng`, `English`, `français`, `chs`. Null where it says none. */
export function languageOfWord(word: string): string | null {
  const folded = fold(word);
  const named = ALIASES.get(folded) ?? names().get(folded);
  if (named !== undefined) return named;
  if (!/^[a-z]{2,3}$/.test(folded) || english.of(folded) === undefined) return null;
  const language = primaryLanguage(folded);
  // Words of three letters that are codes of rare languages alone are words: "new" (Newari), "old", "car".
  return language === null || language.length > 2 ? null : new Intl.Locale(folded).toString();
}

/** The same of a tag whose parts are joined by hyphens or underscores: `pt-BR`, `zh_Hant`, `es-419`. */
export function languageOfTag(text: string): string | null {
  const tag = text.replaceAll('_', '-');
  const { code, region } = TAG.exec(tag)?.groups ?? {};
  if (code === undefined || languageOfWord(code) === null) return null;
  const isKnown = region === undefined || regions.of(region.toUpperCase()) !== undefined;
  return isKnown ? new Intl.Locale(tag).toString() : null;
}

function names(): ReadonlyMap<string, string> {
  byName ??= new Map(
    NAMED.split(' ').flatMap((code) => {
      const native = new Intl.DisplayNames(code, { type: 'language', fallback: 'none' });
      return [english.of(code), native.of(code)].flatMap((name) =>
        name === undefined ? [] : [[fold(name), code] as const],
      );
    }),
  );
  return byName;
}

/** Without case and accents: file names lose them. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
