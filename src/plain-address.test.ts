import { expect, test } from 'vitest';
import { isLoopbackAddress, plainAddress } from './plain-address.ts';

test.each([
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['192.0.2.1', '192.0.2.1'],
  ['2001:DB8::1', '2001:db8::1'],
  ['::ffff:c000:201', '::ffff:c000:201'],
])('%s is %s', (address, plain) => {
  expect(plainAddress(address)).toBe(plain);
});

test.each(['127.0.0.1', '127.0.0.2', '::1', '::ffff:127.0.0.1'])('%s is this computer', (address) => {
  expect(isLoopbackAddress(address)).toBe(true);
});

const OTHERS = ['192.168.1.7', '::ffff:192.168.1.7', 'fe80::1', '8.8.8.8', '0.0.0.0', '::', undefined];
test.each([...OTHERS, '127.0.0.1.evil.example', '1127.0.0.1'])('%s is not', (address) => {
  expect(isLoopbackAddress(address)).toBe(false);
});
