import { z } from 'zod';

const MAX_LANGUAGES = 32;
/** RFC 5646 §4.4.1: what an implementation should take at least. */
const MAX_TAG_CHARS = 35;

/** A BCP 47 tag. */
export const languageTag = z
  .string()
  .max(MAX_TAG_CHARS)
  .refine(isWellFormed, 'is not a language tag (BCP 47), such as "de" or "pt-BR"');

/** BCP 47 tags, the dearest first. */
export const languageTags = z.array(languageTag).max(MAX_LANGUAGES);

function isWellFormed(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
