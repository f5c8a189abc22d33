import { sep } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assetOf, CONTENT_SECURITY_POLICY } from './assets.ts';

const FOLDER = ['', 'app', 'renderer'].join(sep);

test.each([
  ['app://raffi/', 'index.html'],
  ['app://raffi/index.html?x#y', 'index.html'],
  ['app://raffi/assets/index-1.js', 'assets/index-1.js'],
  ['app://raffi/a/../assets/b.css', 'assets/b.css'],
  ['app://raffi/%2e%2e/%2e%2e/etc/b.json', 'etc/b.json'],
])('%s is %s', (url, file) => {
  expect(assetOf(FOLDER, url)).toBe([FOLDER, ...file.split('/')].join(sep));
});

test.each([
  'app://other/index.html',
  'https://raffi/index.html',
  'app://raffi/..%2f..%2fx.js',
  'app://raffi/%2e%2e%5cx.js',
  'app://raffi/x%00.js',
  'app://raffi/%ff.js',
  'app://raffi/main.exe',
  'app://raffi/folder/',
  'nonsense',
])('%s is nothing', (url) => {
  expect(assetOf(FOLDER, url)).toBeNull();
});

test('no URL leads out of the folder', () => {
  const piece = fc.constantFrom('..', '.', '%2e%2e', '%2f', '/', '\\', '%5c', 'a', 'x.js', '%00', '%252e');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const file = assetOf(FOLDER, `app://raffi/${pieces.join('')}`);
      if (file !== null) {
        expect(file.startsWith(FOLDER + sep)).toBe(true);
        expect(file.split(sep)).not.toContain('..');
      }
    }),
  );
});

test('the policy lets nothing run but our own scripts', () => {
  expect(CONTENT_SECURITY_POLICY).toMatch(/^default-src 'none'; script-src 'self'; /);
  expect(CONTENT_SECURITY_POLICY).not.toContain('unsafe-eval');
});
