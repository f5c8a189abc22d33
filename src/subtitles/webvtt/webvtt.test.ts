import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cue } from '../cue.ts';
import { isWebvtt, parseWebvtt } from './parse-webvtt.ts';
import { webvttHeader, writeCues } from './write-webvtt.ts';

const cue = (more: Partial<Cue> = {}): Cue => ({
  startSeconds: 1,
  endSeconds: 2,
  text: 'x',
  settings: '',
  ...more,
});

describe('writing', () => {
  it.each([
    [cue(), '00:00:01.000 --> 00:00:02.000\nx\n\n'],
    [cue({ startSeconds: 3661.0004, endSeconds: 360_000.9996 }), '01:01:01.000 --> 100:00:01.000\nx\n\n'],
    [cue({ settings: 'line:0' }), '00:00:01.000 --> 00:00:02.000 line:0\nx\n\n'],
    [cue({ startSeconds: -5 }), '00:00:00.000 --> 00:00:02.000\nx\n\n'],
    [cue({ startSeconds: -5, endSeconds: -1 }), ''],
    [cue({ endSeconds: 1 }), ''],
    [cue({ endSeconds: Number.NaN }), ''],
    [cue({ text: '' }), ''],
    [cue({ text: 'x'.repeat(5000) }), ''],
  ])('%j', (written, text) => {
    expect(writeCues([written])).toBe(text);
  });

  it('comes back when it is read', () => {
    const ms = fc.nat(100_000_000);
    const cues = fc.array(
      fc.record({
        startMs: ms,
        lastsMs: fc.integer({ min: 1, max: 9_000 }),
        text: fc.constantFrom('a', 'a\nb', '<i>c</i>'),
      }),
    );
    fc.assert(
      fc.property(cues, (made) => {
        const written = made.map(({ startMs, lastsMs, text }) =>
          cue({ startSeconds: startMs / 1000, endSeconds: (startMs + lastsMs) / 1000, text }),
        );
        expect(parseWebvtt(webvttHeader() + writeCues(written))).toEqual(written);
      }),
    );
  });
});

describe('parsing', () => {
  it('takes cues, and leaves all else', () => {
    const text = [
      '\ufeffWEBVTT - a title\r\nX: y\r\n',
      'NOTE --> no\n\nSTYLE\n::cue { }\n',
      'an id\n00:01.000 --> 00:02.500 region:a line:-1 align:start evil:"x"\n<b>hi\n',
      '00:00:03.000 --> 00:00:04.000\nthere\n\n\n\nnot a cue',
    ].join('\n');
    expect(isWebvtt(text)).toBe(true);
    expect(parseWebvtt(text)).toEqual([
      cue({ endSeconds: 2.5, text: '<b>hi</b>', settings: 'line:-1 align:start' }),
      cue({ startSeconds: 3, endSeconds: 4, text: 'there' }),
    ]);
  });

  it('takes what it is, and never throws', () => {
    expect(isWebvtt('WEBVTTX')).toBe(false);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseWebvtt(`WEBVTT\n\n${text}`)));
  });
});
