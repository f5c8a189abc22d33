import { expect, test } from 'vitest';
import type { Cue } from '../../../src/subtitles/cue.ts';
import { cuesOf } from './cue-stream.ts';

const DOCUMENT = `WEBVTT

00:00:01.000 --> 00:00:02.500
Größe, 言葉

01:00:04.001 --> 01:00:05.999 line:0 align:start
<i>Two</i>
lines &amp; more

`;

function streamOf(pieces: Uint8Array[], onCancel = () => {}): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: (controller) => {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
    cancel: onCancel,
  });
}

test.each([1, 7, 64, 10_000])('cues come whole out of pieces of %i bytes', async (size) => {
  const bytes = new TextEncoder().encode(DOCUMENT);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.slice(n * size, (n + 1) * size),
  );
  const cues: Cue[] = [];
  for await (const some of cuesOf(streamOf(pieces))) cues.push(...some);
  expect(cues).toEqual([
    { startSeconds: 1, endSeconds: 2.5, text: 'Größe, 言葉', settings: '' },
    {
      startSeconds: 3604.001,
      endSeconds: 3605.999,
      text: '<i>Two</i>\nlines &amp; more',
      settings: 'line:0 align:start',
    },
  ]);
});

test('the first cues are there before the last ones have come', async () => {
  const middle = DOCUMENT.indexOf('01:00:04');
  const pieces = [DOCUMENT.slice(0, middle), DOCUMENT.slice(middle)];
  const coming = cuesOf(streamOf(pieces.map((text) => new TextEncoder().encode(text))));
  expect((await coming.next()).value).toHaveLength(1);
  expect((await coming.next()).value).toHaveLength(1);
});

test('whoever leaves early cancels the rest', async () => {
  let isCancelled = false;
  const stream = streamOf(
    [new TextEncoder().encode(DOCUMENT), new Uint8Array(9)],
    () => (isCancelled = true),
  );
  for await (const _ of cuesOf(stream)) break;
  expect(isCancelled).toBe(true);
});
