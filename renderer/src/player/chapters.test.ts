import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chapterAt, chapterMarks, chaptersVtt } from './chapters.ts';

const chapter = (startTime: number, title = '') => ({ startTime, title });

describe('chapterMarks', () => {
  test('nothing for a film without chapters', () => {
    expect(chapterMarks([], 100)).toEqual([]);
    expect(chapterMarks([chapter(200, 'beyond the end')], 100)).toEqual([]);
  });

  test('a film that begins before its first chapter gets an unnamed opening', () => {
    expect(chapterMarks([chapter(10, 'One'), chapter(40)], 100)).toEqual([
      { startSeconds: 0, endSeconds: 10, title: '' },
      { startSeconds: 10, endSeconds: 40, title: 'One' },
      { startSeconds: 40, endSeconds: 100, title: 'Chapter 2' },
    ]);
  });

  test('untitled chapters are numbered, doubles dropped, order made', () => {
    expect(chapterMarks([chapter(50, ' B '), chapter(0), chapter(50, 'again')], 60)).toEqual([
      { startSeconds: 0, endSeconds: 50, title: 'Chapter 1' },
      { startSeconds: 50, endSeconds: 60, title: 'B' },
    ]);
  });

  test('marks cover the whole film without a hole, whatever the file says', () => {
    const time = fc.double({ min: -10, max: 200 });
    fc.assert(
      fc.property(fc.array(time), fc.double({ min: 1, max: 150, noNaN: true }), (starts, duration) => {
        const marks = chapterMarks(
          starts.map((start) => chapter(start)),
          duration,
        );
        if (marks.length === 0) return;
        expect(marks[0]?.startSeconds).toBeCloseTo(0, 12);
        expect(marks.at(-1)?.endSeconds).toBe(duration);
        marks.forEach((mark, index) => {
          expect(mark.endSeconds).toBeGreaterThan(mark.startSeconds);
          if (index > 0) expect(mark.startSeconds).toBe(marks[index - 1]?.endSeconds);
        });
      }),
    );
  });
});

test('chaptersVtt writes valid WebVTT, whatever the title', () => {
  const marks = [
    { startSeconds: 0, endSeconds: 61.5, title: 'Tom & <Jerry>' },
    { startSeconds: 61.5, endSeconds: 360_000, title: 'a\n\nb --> c' },
  ];
  expect(chaptersVtt(marks)).toBe(
    'WEBVTT\n\n' +
      '00:00:00.000 --> 00:01:01.500\nTom &amp; &lt;Jerry&gt;\n\n' +
      '00:01:01.500 --> 100:00:00.000\na b --&gt; c\n',
  );
  expect(chaptersVtt([])).toBe('WEBVTT\n');
});

test('chapterAt', () => {
  const marks = chapterMarks([chapter(0, 'A'), chapter(30, 'B')], 60);
  expect(chapterAt(marks, 29.99)?.title).toBe('A');
  expect(chapterAt(marks, 30)?.title).toBe('B');
  expect(chapterAt(marks, 1000)?.title).toBe('B');
  expect(chapterAt([], 0)).toBeNull();
});
