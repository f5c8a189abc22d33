/** Written forms of one spoken language: a track of `nor` is what somebody who asks for `nb` wants. */
const SPOKEN: Readonly<Record<string, string>> = { nb: 'no', nn: 'no' };

/** ISO 639-2 codes that name no language: undetermined, several, none, not coded. */
const NAMELESS: ReadonlySet<string> = new Set(['und', 'mul', 'zxx', 'mis']);

/**
 * The language of a tag (BCP 47), or of what containers say (ISO 639-2, by its bibliographic code or the other: `ger`, `deu`), in its shortest
 * code: `de`. Region and script are left out. Null for what names no language.
 */
export function primaryLanguage(tag: string | null): string | null {
  if (tag === null) return null;
  try {
    // Unicode's aliases (CLDR), which `Intl` applies, hold all of ISO 639-2's double names.
    const language: string | undefined = new Intl.Locale(tag.trim().replaceAll('_', '-')).language;
    // Undefined for `und` in newer engines, the tag itself in older ones.
    return language === undefined || NAMELESS.has(language) ? null : (SPOKEN[language] ?? language);
  } catch {
    return null; // no well-formed tag: files say anything
  }
}
