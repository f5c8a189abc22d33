import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddressRanges } from './address-ranges.ts';

describe.each([
  ['one address', '10.0.0.7', ['10.0.0.7', '::ffff:10.0.0.7'], ['10.0.0.6', '10.0.0.8', '::a00:7']],
  [
    'a named range',
    'Some: body, 1.1.1.1:10.0.0.5-10.0.0.9',
    ['10.0.0.5', '10.0.0.9'],
    ['10.0.0.4', '10.0.0.10', '1.1.1.1'],
  ],
  [
    'a range with zeros',
    'x:001.002.003.008 - 001.002.003.010',
    ['1.2.3.8', '1.2.3.10'],
    ['1.2.3.7', '1.2.3.11'],
  ],
  ['CIDR', 'bad net:192.168.4.77/22', ['192.168.4.0', '192.168.7.255'], ['192.168.3.255', '192.168.8.0']],
  ['all of IPv4', '0.0.0.0/0', ['0.0.0.0', '255.255.255.255'], ['::1']],
  ['IPv6', '2001:db8::/32', ['2001:db8::1', '2001:db8:ffff::'], ['2001:db9::', '32.1.13.184']],
  ['a range of IPv6', '2001:db8::5-2001:db8::9', ['2001:db8::7'], ['2001:db8::a']],
  [
    'lines, comments and a Windows editor',
    '# mine\r\n\r\n10.0.0.1\r\n 10.0.0.3 \r\n',
    ['10.0.0.1', '10.0.0.3'],
    ['10.0.0.2'],
  ],
  ['nothing', '', [], ['10.0.0.1', 'a.example', '']],
])('%s', (_what, text, inside, outside) => {
  const ranges = parseAddressRanges(text);
  test.each(inside)('has %s', (address) => expect(ranges.has(address)).toBe(true));
  test.each(outside)('has no %s', (address) => expect(ranges.has(address)).toBe(false));
});

test.each([
  '<html>',
  '10.0.0.300',
  '10.0.0.9-10.0.0.5',
  '10.0.0.0/33',
  '10.0.0.1-2001:db8::1',
  '10.0.0',
  '2001:db8::/129',
])('%s is no list, and the error names the line', (line) => {
  expect(() => parseAddressRanges(`10.0.0.1\n${line}\n`)).toThrow('line 2 is no range');
});

test('ranges in any order that lie in and over each other are all of them', () => {
  const ranges = fc.array(fc.tuple(fc.nat(60), fc.nat(20)), { maxLength: 20 });
  fc.assert(
    fc.property(ranges, (all) => {
      const list = parseAddressRanges(
        all.map(([first, more]) => `10.0.0.${first}-10.0.0.${first + more}`).join('\n'),
      );
      for (let n = 0; n <= 90; n += 1) {
        const isInside = all.some(([first, more]) => n >= first && n <= first + more);
        expect(list.has(`10.0.0.${n}`)).toBe(isInside);
      }
    }),
  );
});
