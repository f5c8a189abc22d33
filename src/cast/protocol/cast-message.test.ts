import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CastMessage, decodeCastMessage, encodeCastMessage } from './cast-message.ts';

const PING: CastMessage = {
  sourceId: 'sender-0',
  destinationId: 'receiver-0',
  namespace: 'urn:x-cast:com.google.cast.tp.heartbeat',
  payload: '{"type":"PING"}',
};

test('is the bytes that other senders send', () => {
  // Of `cast_channel_pb2` in python3-pychromecast, for the same message.
  const bytes = Buffer.from(
    '0800120873656e6465722d301a0a72656365697665722d30222775726e3a782d636173743a636f6d2e676f6f676c652e636173742e74702e' +
      '6865617274626561742800320f7b2274797065223a2250494e47227d',
    'hex',
  );
  expect(Buffer.from(encodeCastMessage(PING)).toString('hex')).toBe(bytes.toString('hex'));
  expect(decodeCastMessage(bytes)).toEqual(PING);
});

test('comes back as it was', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });
  const message = fc.record({ sourceId: text, destinationId: text, namespace: text, payload: text });
  fc.assert(
    fc.property(message, (one) => {
      expect(decodeCastMessage(encodeCastMessage(one))).toEqual(one);
    }),
  );
});

test('passes over fields of later versions, and takes a message without text', () => {
  const later = Buffer.from([0x40, 0x01, 0x49, 1, 2, 3, 4, 5, 6, 7, 8, 0x55, 1, 2, 3, 4, 0x3a, 2, 9, 9]);
  expect(decodeCastMessage(Buffer.concat([encodeCastMessage(PING), later]))).toEqual(PING);
  const binary = encodeCastMessage(PING).subarray(0, -'{"type":"PING"}'.length - 2);
  expect(decodeCastMessage(binary)).toEqual({ ...PING, payload: '' });
});

describe('refuses', () => {
  test.each([
    ['nothing', []],
    ['a message without a namespace', [0x12, 1, 0x61, 0x1a, 1, 0x61]],
    ['a field that ends too early', [0x12, 9, 0x61]],
    ['a length of 2^64', [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['a number without an end', Array.from({ length: 40 }, () => 0xff)],
    ['a group, which protobuf has given up', [0x0b, 0x0c]],
  ])('%s', (_, bytes) => {
    expect(() => decodeCastMessage(Uint8Array.from(bytes))).toThrow(RangeError);
  });

  test('whatever bytes come, with nothing but that error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          decodeCastMessage(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
