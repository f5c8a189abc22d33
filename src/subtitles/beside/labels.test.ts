import { describe, expect, it } from 'vitest';
import { readLabels } from './labels.ts';

const said = (name: string, where: 'anywhere' | 'end') => {
  const { language, isForced, isForDeaf, rest } = readLabels(name, where);
  return [language, [isForced && 'forced', isForDeaf && 'SDH'].filter(Boolean).join(' '), rest];
};

describe('behind a film’s name', () => {
  it.each([
    ['', null, '', ''],
    ['.en', 'en', '', ''],
    ['.eng', 'en', '', ''],
    ['.ENG', 'en', '', ''],
    ['.English', 'en', '', ''],
    ['.ger.forced', 'de', 'forced', ''],
    ['.forced.deu', 'de', 'forced', ''],
    ['.Deutsch', 'de', '', ''],
    ['.français', 'fr', '', ''],
    ['.Francais', 'fr', '', ''],
    ['.español', 'es', '', ''],
    ['.русский', 'ru', '', ''],
    ['.日本語', 'ja', '', ''],
    ['.pt-BR', 'pt-BR', '', ''],
    ['.pt_br', 'pt-BR', '', ''],
    ['.pob', 'pt-BR', '', ''],
    ['.es-419', 'es-419', '', ''],
    ['.zh-Hans', 'zh-Hans', '', ''],
    ['.zh-hant-TW', 'zh-Hant-TW', '', ''],
    ['.en-xx', 'en', '', 'xx'],
    ['.chs', 'zh-Hans', '', ''],
    ['.sr-Latn', 'sr-Latn', '', ''],
    ['.nob', 'nb', '', ''],
    ['.iw', 'he', '', ''],
    ['.en.sdh', 'en', 'SDH', ''],
    ['.en-SDH', 'en', 'SDH', ''],
    ['.en.cc', 'en', 'SDH', ''],
    ['.en-cc', 'en', 'SDH', ''],
    ['.en.hi', 'en', 'SDH', ''],
    ['.hi.en', 'en', 'SDH', ''],
    ['.hi', 'hi', '', ''],
    ['.en.HI.forced', 'en', 'forced SDH', ''],
    ['-forced', null, 'forced', ''],
    ['.Commentary.en', 'en', '', 'Commentary'],
    ['.en.Commentary', 'en', '', 'Commentary'],
    ['.eng.2', 'en', '', ''],
    ['.english.subs', 'en', '', ''],
    ['.und', null, '', 'und'],
    ['.xx', null, '', 'xx'],
    ['.new', null, '', 'new'],
    [' (English) [SDH]', 'en', 'SDH', ''],
  ])('%s', (name, language, flags, rest) => {
    expect(said(name, 'anywhere')).toEqual([language, flags, rest]);
  });
});

describe('in a name of its own', () => {
  it.each([
    ['English', 'en', '', ''],
    ['2_English', 'en', '', ''],
    ['3_eng', 'en', '', ''],
    ['11_Portuguese', 'pt', '', ''],
    ['Portuguese (Brazil)', 'pt-BR', '', ''],
    ['Brazilian Portuguese', 'pt-BR', '', ''],
    ['Brazilian', 'pt-BR', '', ''],
    ['Spanish (Latin American)', 'es-419', '', ''],
    ['Latin American Spanish', 'es-419', '', ''],
    ['Chinese (Simplified)', 'zh-Hans', '', ''],
    ['Traditional Chinese', 'zh-Hant', '', ''],
    ['French (Canadian)', 'fr-CA', '', ''],
    ['Norwegian Bokmål', 'nb', '', 'Norwegian'],
    ['English [SDH]', 'en', 'SDH', ''],
    ['English (Forced)', 'en', 'forced', ''],
    ['English - Foreign Parts Only', 'en', 'forced', ''],
    ['Hearing Impaired English', 'en', 'SDH', ''],
    ['forced', null, 'forced', ''],
    ['The.Film.2019.1080p.BluRay.x264-GRP.eng', 'en', '', 'The.Film.2019.1080p.BluRay.x264-GRP'],
    ['The.Film.2019.1080p.BluRay.x264-GRP', null, '', 'The.Film.2019.1080p.BluRay.x264-GRP'],
    ['Its.German.en', 'en', '', 'Its.German'],
    ['', null, '', ''],
    ['---', null, '', ''],
  ])('%s', (name, language, flags, rest) => {
    expect(said(name, 'end')).toEqual([language, flags, rest]);
  });
});

it('takes no name for a language that is a member of every object', () => {
  expect(said('.constructor.toString', 'anywhere')).toEqual([null, '', 'constructor toString']);
});
