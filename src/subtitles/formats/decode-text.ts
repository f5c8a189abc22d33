import { primaryLanguage } from '../../plan/language.ts';

/** What files without a mark of their encoding were mostly written in, by language: Windows' code page of its countries, or what was used there. */
const LEGACY: Readonly<Record<string, string>> = {
  ...allIn('windows-1250', 'cs hu pl ro sk sl hr bs sq'),
  ...allIn('windows-1251', 'ru uk bg be mk sr kk'),
  ...allIn('windows-1253', 'el'),
  ...allIn('windows-1254', 'tr az'),
  ...allIn('windows-1255', 'he yi'),
  ...allIn('windows-1256', 'ar fa ur'),
  ...allIn('windows-1257', 'lt lv et'),
  ...allIn('windows-1258', 'vi'),
  ...allIn('windows-874', 'th'),
  ...allIn('shift_jis', 'ja'),
  ...allIn('euc-kr', 'ko'),
  ...allIn('gb18030', 'zh'),
};

/** So much is looked at to tell how a file is written. */
const LOOKED_AT_BYTES = 64 * 1024;

/**
 * The text of a subtitle file whose encoding nobody says: by its mark, else UTF-16 where every second byte of Latin text is 0, else UTF-8 where
 * it is valid as a whole, else the code page usual for its language.
 *
 * @param language BCP 47 or ISO 639; null when nobody knows
 */
export function decodeText(bytes: Uint8Array, language: string | null): string {
  const encoding = markedEncoding(bytes) ?? unmarkedUtf16(bytes);
  if (encoding !== null) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const known = LEGACY[primaryLanguage(language) ?? ''];
    return new TextDecoder(known ?? (looksCyrillic(bytes) ? 'windows-1251' : 'windows-1252')).decode(bytes);
  }
}

function markedEncoding([a, b, c]: Uint8Array): string | null {
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  return a === 0xfe && b === 0xff ? 'utf-16be' : null;
}

function unmarkedUtf16(bytes: Uint8Array): string | null {
  const head = bytes.subarray(0, Math.min(bytes.length, LOOKED_AT_BYTES) & ~1);
  let even = 0;
  let odd = 0;
  for (let at = 0; at + 1 < head.length; at += 2) {
    if (head[at] === 0) even++;
    if (head[at + 1] === 0) odd++;
  }
  const pairs = head.length / 2;
  // Digits, spaces and line ends of the timing lines alone are a quarter of any file.
  if (odd > pairs / 4 && even < pairs / 20) return 'utf-16le';
  return even > pairs / 4 && odd < pairs / 20 ? 'utf-16be' : null;
}

/** In Cyrillic code pages letters are nearly all in the upper half; in Western ones few are. */
function looksCyrillic(bytes: Uint8Array): boolean {
  let latin = 0;
  let upper = 0;
  for (const byte of bytes.subarray(0, LOOKED_AT_BYTES)) {
    if (byte >= 0xc0) upper++;
    else if ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)) latin++;
  }
  return upper > 2 * latin;
}

function allIn(encoding: string, languages: string): Record<string, string> {
  return Object.fromEntries(languages.split(' ').map((language) => [language, encoding]));
}
