import { expect, it } from 'vitest';
import { primaryLanguage } from './language.ts';

it.each([
  ['de', 'de'],
  ['ger', 'de'],
  ['deu', 'de'],
  ['GER', 'de'],
  ['de-AT', 'de'],
  ['pt_BR', 'pt'],
  ['zh-Hant-TW', 'zh'],
  [' eng ', 'en'],
  ['nob', 'no'],
  ['nor', 'no'],
  ['haw', 'haw'],
  ['und', null],
  ['mul', null],
  ['zxx', null],
  ['', null],
  ['x', null],
  ['Deutsch (Kommentar)', null],
  [null, null],
])('%j is %j', (tag, language) => {
  expect(primaryLanguage(tag)).toBe(language);
});

// Library of Congress: the languages whose bibliographic code is not their terminological one.
it.each(
  'alb/sqi arm/hye baq/eus bur/mya chi/zho cze/ces dut/nld fre/fra geo/kat ger/deu gre/ell ice/isl mac/mkd mao/mri may/msa per/fas rum/ron slo/slk tib/bod wel/cym'
    .split(' ')
    .map((pair) => pair.split('/')),
)('%s and %s are one', (bibliographic = '', terminological = '') => {
  expect(primaryLanguage(bibliographic)).toMatch(/^[a-z]{2}$/);
  expect(primaryLanguage(bibliographic)).toBe(primaryLanguage(terminological));
});
