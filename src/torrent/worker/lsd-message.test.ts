import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLsdMessage, writeLsdMessage } from './lsd-message.ts';

const HASH = '0123456789abcdef0123456789abcdef01234567';
const message = { port: 6881, infoHashes: [HASH, HASH.replace('0', 'f')], cookie: 'x' };
const parsed = (text: string) => parseLsdMessage(Buffer.from(text));
const changed = (from: string, to: string) => parsed(writeLsdMessage(message).replace(from, to));

test('what is written is read', () => {
  expect(parsed(writeLsdMessage(message))).toEqual(message);
});

test('as others write it: any case, no cookie, more lines', () => {
  const text = `BT-SEARCH * HTTP/1.1\r\nHOST: [ff15::efc0:988f]:6771\r\nPORT:6881\r\nInfohash: ${HASH.toUpperCase()}\r\nX: y\r\n\r\n`;
  expect(parsed(text)).toEqual({ port: 6881, infoHashes: [HASH], cookie: '' });
});

test.each([
  ['nothing but its first line', () => parsed('BT-SEARCH * HTTP/1.1')],
  ['another method', () => changed('BT-SEARCH', 'M-SEARCH')],
  ['no port', () => changed('Port', 'Part')],
  ['port 0', () => changed('6881', '0')],
  ['a port beyond all', () => changed('6881', '65536')],
  ['a port that is none', () => changed('6881', '1e3')],
  ['two ports', () => changed('Port: 6881', 'Port: 1\r\nPort: 2')],
  ['no hash that is one', () => parsed(writeLsdMessage({ ...message, infoHashes: ['beef'] }))],
  ['a long one', () => parsed(writeLsdMessage({ ...message, infoHashes: Array(40).fill(HASH) }))],
])('%s is no message', (_what, parse) => {
  expect(parse()).toBeNull();
});

test('no bytes of a stranger are an exception', () => {
  const lines = fc.array(fc.oneof(fc.string(), fc.constantFrom('Port: 1', `Infohash: ${HASH}`, ':', 'Port')));
  fc.assert(
    fc.property(lines, (rest) => {
      parsed(['BT-SEARCH * HTTP/1.1', ...rest].join('\r\n'));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1500 }), (bytes) => {
      parseLsdMessage(bytes);
    }),
  );
});
