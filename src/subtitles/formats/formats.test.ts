import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assBlockText, parseAss, parseAssStyles } from './ass.ts';
import { parseSubrip, subripText } from './subrip.ts';
import { timedText } from './timed-text.ts';

describe('SubRip', () => {
  it('is read as it is written in the wild', () => {
    const text = [
      '1\r\n00:00:01,000 --> 00:00:02,500 X1:1 X2:2\r\nOne\r\n\r\nstill one\r\n\r\n',
      '2\n0:0:3.5 --> 0:0:4\n{\\an8}<i>Two</i> {\\i1}\n3\n00:00:05,000 --> 00:00:06,000\n1984\n\n\n',
      '00:00:07,000 -> 00:00:08,000\nWithout a number',
    ].join('');
    expect(parseSubrip(text)).toEqual([
      { startSeconds: 1, endSeconds: 2.5, text: 'One\nstill one', settings: '' },
      { startSeconds: 3.5, endSeconds: 4, text: '<i>Two</i>', settings: 'line:0' },
      { startSeconds: 5, endSeconds: 6, text: '1984', settings: '' },
      { startSeconds: 7, endSeconds: 8, text: 'Without a number', settings: '' },
    ]);
  });

  it('shows nothing of a text without end', () => {
    expect(subripText('x'.repeat(10_000)).text).toBe('');
  });
});

describe('ASS', () => {
  const header = [
    '[V4+ Styles]',
    'Format: Name, Bold, Italic',
    'Style: Default,0,0',
    'Style: Thought,0,-1',
    '[Events]',
    'Format: Start, End, Style, Text',
  ].join('\n');

  it('is read by the columns that it names, in the order of time', () => {
    const events = [
      'Dialogue: 0:00:05.00,0:00:06.00,Default,later, with commas',
      'Comment: 0:00:01.00,0:00:02.00,Default,unseen',
      'Dialogue: 0:00:01.50,0:00:02.25,*Thought,one\\Ntwo\\hthree',
      'Dialogue: never,0:00:02.00,Default,broken',
    ];
    expect(parseAss([header, ...events].join('\r\n'))).toEqual([
      { startSeconds: 1.5, endSeconds: 2.25, text: '<i>one\ntwo\u00a0three</i>', settings: '' },
      { startSeconds: 5, endSeconds: 6, text: 'later, with commas', settings: '' },
    ]);
  });

  it.each([
    ['a{\\b1}b{\\b0}c', 'a<b>b</b>c', ''],
    ['{\\b700\\i1}x{\\r}y', '<b><i>x</i></b>y', ''],
    ['{\\blur3\\iclip(1)}x', 'x', ''],
    ['{\\p1}m 0 0 l 1 1{\\p0}seen', 'seen', ''],
    ['{\\an5\\fad(1,2)}middle', 'middle', 'line:50%'],
    ['{\\a6}top', 'top', 'line:0'],
    ['{\\an2}bottom', 'bottom', ''],
    ['{unclosed <i>', '{unclosed &lt;i&gt;', ''],
    ['{a comment}x', 'x', ''],
  ])('%s', (source, text, settings) => {
    expect(assBlockText(`0,0,Default,,0,0,0,,${source}`, parseAssStyles(header))).toEqual({ text, settings });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseAss(`${header}\nDialogue: ${text}`);
        assBlockText(text, new Map());
        parseSubrip(`00:00:01,000 --> 00:00:02,000\n${text}`);
      }),
    );
  });
});

describe('timed text', () => {
  const sample = (text: string, styles: number[][] = []) => {
    const said = Buffer.from(text);
    const records = styles.map(([from = 0, to = 0, face = 0]) => {
      const record = Buffer.alloc(12);
      record.writeUInt16BE(from, 0);
      record.writeUInt16BE(to, 2);
      record.writeUInt8(face, 6);
      return record;
    });
    const styl = Buffer.concat([
      Buffer.from([0, 0, 0, 0]),
      Buffer.from('styl'),
      Buffer.from([0, styles.length]),
      ...records,
    ]);
    styl.writeUInt32BE(styl.length, 0);
    const length = Buffer.from([said.length >> 8, said.length & 255]);
    return Buffer.concat([length, said, ...(styles.length > 0 ? [styl] : [])]);
  };

  it.each([
    [sample(''), ''],
    [sample('größe & <more>'), 'größe &amp; &lt;more&gt;'],
    [sample('a bold x', [[2, 6, 1]]), 'a <b>bold</b> x'],
    [
      sample('ab', [
        [1, 2, 2],
        [0, 9, 1],
        [2, 1, 4],
      ]),
      'a<i>b</i>',
    ],
    [Buffer.from([0, 3, 0xfe, 0xff, 0, 0x41]).fill(4, 1, 2), 'A'],
    [Buffer.from([0xff, 0xff, 0x41]), 'A'],
    [Buffer.from([0]), ''],
  ])('%#', (bytes, text) => {
    expect(timedText(bytes)).toBe(text);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void timedText(bytes)));
  });
});
