import { expect, test } from 'vitest';
import { manualDevice } from './manual-device.ts';

test.each([
  ['192.168.1.20', '192.168.1.20', 8009, '192.168.1.20'],
  [' 192.168.1.20:8010 ', '192.168.1.20', 8010, '192.168.1.20:8010'],
  ['tv.local', 'tv.local', 8009, 'tv.local'],
  ['fe80::1%eth0', 'fe80::1%eth0', 8009, '[fe80::1%eth0]'],
  ['[fd00::2]:8009', 'fd00::2', 8009, '[fd00::2]'],
])('%s', (address, host, port, name) => {
  expect(manualDevice(address)).toMatchObject({
    id: `${name.replace(/:8010$/, '')}:${port}`,
    host,
    port,
    name,
  });
});

test.each(['', 'a b', 'http://tv', 'tv:0', 'tv:65536', 'tv:x', '[tv]', '[fd00::2', 'tv/..', 'x'.repeat(300)])(
  'refuses %j',
  (address) => {
    expect(() => manualDevice(address)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  },
);
