import { describe, expect, it } from 'vitest';
import { validateSourceUrl } from './validate-source.ts';

const code = (run: () => unknown) => {
  try {
    run();
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('validateSourceUrl', () => {
  it.each([undefined, null, 7, {}, '', '   ', '\n'])('misses %j', (text) => {
    expect(code(() => validateSourceUrl(text))).toBe('source_missing');
  });

  it.each([
    'ftp://host/film.mkv',
    'file:///etc/passwd',
    'data:video/mp4;base64,AAAA',
    'javascript:alert(1)',
    'magnet:?xt=urn:btih:0',
    'concat:a|b',
    'films/a.mkv',
    '/etc/passwd',
    'C:\\film.mkv',
    '-i',
    '--help',
    'http://',
    'http://host/a\u0000b',
    'http://host/a\r\nX: y',
    'http://host:99999/',
    `http://host/${'a'.repeat(9000)}`,
    'http://169.254.169.254/latest/meta-data',
    'http://[fe80::1]/x',
    'http://[::ffff:169.254.169.254]/x',
    'http://0/x',
    'http://0xa9fea9fe/x',
    'http://2852039166/x',
    'http://169.254.43518/x',
    'http://%31%36%39.254.169.254/',
    'http://224.0.0.1/x',
  ])('refuses %j', (text) => {
    expect(code(() => validateSourceUrl(text))).toBe('source_refused');
  });

  it.each([
    'http://127.0.0.1:8080/film.mkv',
    ' https://example.com/a?b=c#d ',
    'HTTP://EXAMPLE.com',
    'http://user:pass@nas.local/x',
    'http://[::1]:80/x',
    'http://localhost/ü.mkv',
  ])('accepts %j', (text) => {
    expect(validateSourceUrl(text)).toBeInstanceOf(URL);
  });

  it('never repeats the URL in its message', () => {
    expect(() => validateSourceUrl('ftp://host/x?key=secret')).not.toThrow(/secret/);
  });
});
