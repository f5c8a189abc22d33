import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, frame, MAX_MESSAGE_BYTES } from './frames.ts';

test('messages come out whole, however the stream is cut', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 });
  fc.assert(
    fc.property(messages, fc.integer({ min: 1, max: 17 }), (sent, pieceBytes) => {
      const stream = Buffer.concat(sent.map(frame));
      const reader = new FrameReader();
      const got: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += pieceBytes)
        got.push(...reader.push(stream.subarray(at, at + pieceBytes)));
      expect(got.map((one) => [...one])).toEqual(sent.map((one) => [...one]));
    }),
  );
});

test('64 KiB pass, and not a byte more', () => {
  const longest = new Uint8Array(MAX_MESSAGE_BYTES).fill(7);
  const [got = new Uint8Array()] = new FrameReader().push(frame(longest));
  expect(Buffer.compare(got, longest)).toBe(0);
  expect(() => frame(new Uint8Array(MAX_MESSAGE_BYTES + 1))).toThrow(RangeError);
  const tooLong = Buffer.from([0, 1, 0, 1]);
  expect(() => [...new FrameReader().push(tooLong)]).toThrow(RangeError);
  expect(() => [...new FrameReader().push(Buffer.from([0xff, 0xff, 0xff, 0xff]))]).toThrow(RangeError);
});
