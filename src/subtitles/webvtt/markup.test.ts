import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN, runsToCueText, toCueText } from './markup.ts';

describe('toCueText', () => {
  it.each([
    ['plain', 'plain'],
    ['a & b < c > d', 'a &amp; b &lt; c &gt; d'],
    ['AT&amp;T &#39;n&apos;', 'AT&amp;T &#39;n&amp;apos;'],
    ['<i>open', '<i>open</i>'],
    ['<i>a<b>b</i>c', '<i>a<b>b</b></i>c'],
    ['</b>closed', 'closed'],
    ['<I>big</I>', '<i>big</i>'],
    ['<font color="#ff0000">red</font><br/>next', 'red\nnext'],
    ['<Laughs> no tag', '&lt;Laughs&gt; no tag'],
    ['one\n\n\ntwo\r\n 00:00:01.000 --> 00:00:02.000', 'one\ntwo\n00:00:01.000 --&gt; 00:00:02.000'],
    ['<v Somebody>said</v> <00:00:01.000>', 'said &lt;00:00:01.000&gt;'],
    ['nul\u0000 and \u2028 line', 'nul and  line'],
  ])('SubRip: %j', (source, text) => {
    expect(toCueText(source, 'subrip')).toBe(text);
  });

  it.each([
    ['<v.loud Some Body>said', '<v.loud Some Body>said</v>'],
    ['<c.yellow>a</c><lang en>b</lang>', '<c.yellow>a</c><lang en>b</lang>'],
    ['<00:00:01.000>later', '<00:00:01.000>later'],
    ['<ruby>a<rt>b</rt></ruby>', '<ruby>a<rt>b</rt></ruby>'],
    ['<script>x</script>', '&lt;script&gt;x&lt;/script&gt;'],
  ])('WebVTT: %j', (source, text) => {
    expect(toCueText(source, 'webvtt')).toBe(text);
  });

  it('never ends a cue, begins another, or leaves a tag open', () => {
    const piece = fc.constantFrom(
      '<i>',
      '</i>',
      '<b',
      '>',
      '-->',
      '\n',
      '\r',
      '&',
      '&amp;',
      '<v x>',
      'a',
      ' ',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.constantFrom('webvtt', 'subrip'),
        (parts, dialect) => {
          const text = toCueText(parts.join(''), dialect);
          expect(text).not.toMatch(/-->|\n\n|\r|^\n|\n$/);
          expect(text.match(/<i>/g)?.length).toBe(text.match(/<\/i>/g)?.length);
          expect(toCueText(text, dialect)).toBe(text);
        },
      ),
    );
  });
});

it('writes runs with the least markup', () => {
  const italic = { ...PLAIN, italic: true };
  const runs = [
    { ...PLAIN, text: 'a ' },
    { ...italic, text: 'b' },
    { ...italic, text: ' <c>' },
    { ...italic, bold: true, text: 'd' },
    { ...PLAIN, text: '' },
  ];
  expect(runsToCueText(runs)).toBe('a <i>b &lt;c&gt;</i><b><i>d</i></b>');
});
