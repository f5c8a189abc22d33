import type { NetworkInterfaceInfo } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lanAddresses, urlHost } from './lan-address.ts';

const LOOPBACK = { lo: [info('127.0.0.1', { internal: true }), info('::1', { internal: true })] };

test.each([
  [
    'Wi-Fi before Docker and VPN',
    { docker0: ['172.17.0.1'], wg0: ['10.8.0.2'], wlan0: ['192.168.1.5'] },
    ['192.168.1.5', '172.17.0.1', '10.8.0.2'],
  ],
  [
    'Windows’ virtual switches after Ethernet',
    { 'vEthernet (WSL)': ['172.20.0.1'], Ethernet: ['10.0.0.4'] },
    ['10.0.0.4', '172.20.0.1'],
  ],
  [
    'a bridge of one’s own is as good as its port',
    { 'br-1f2e': ['172.18.0.1'], br0: ['192.168.1.5'] },
    ['192.168.1.5', '172.18.0.1'],
  ],
  [
    'private before public, IPv4 before IPv6',
    { eth0: ['2a00::5', 'fd00::5', '8.8.4.4'], eth1: ['192.168.0.2'] },
    ['192.168.0.2', '8.8.4.4', 'fd00::5', '2a00::5'],
  ],
  [
    'a public address on a real interface before a private one of Docker',
    { docker0: ['172.17.0.1'], en0: ['141.20.1.9'] },
    ['141.20.1.9', '172.17.0.1'],
  ],
  [
    'a self-given address last',
    { eth0: ['169.254.7.7'], docker0: ['172.17.0.1'] },
    ['172.17.0.1', '169.254.7.7'],
  ],
  ['a self-given address rather than none', { eth0: ['169.254.7.7', 'fe80::1'] }, ['169.254.7.7']],
  [
    'IPv6 only: unique local, then global',
    { eth0: ['fe80::1', '2a00::5', 'fd12::5'] },
    ['fd12::5', '2a00::5'],
  ],
  [
    'a mesh VPN after the home network',
    { en0: ['192.168.1.5'], utun3: ['100.101.102.103'] },
    ['192.168.1.5', '100.101.102.103'],
  ],
  ['nothing but loopback', {}, []],
  ['nothing that can be reached', { eth0: ['fe80::1', '0.0.0.0', 'ff02::1'] }, []],
])('%s', (_, addresses: Record<string, string[]>, expected) => {
  const named = Object.entries(addresses).map(([name, list]) => [name, list.map((address) => info(address))]);
  const interfaces = { ...LOOPBACK, ...Object.fromEntries(named) };
  expect(lanAddresses(interfaces)).toEqual(expected);
});

test('an interface without hardware is a tunnel, whatever it is called', () => {
  const interfaces = {
    corp: [info('10.1.1.1', { mac: '00:00:00:00:00:00' })],
    eth0: [info('192.168.1.5')],
    gone: undefined,
  };
  expect(lanAddresses(interfaces)).toEqual(['192.168.1.5', '10.1.1.1']);
});

test('takes whatever the system may list', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string());
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.array(address)), (names) => {
      const interfaces = Object.fromEntries(
        Object.entries(names).map(([name, list]) => [name, list.map((one) => info(one))]),
      );
      for (const best of lanAddresses(interfaces)) {
        expect(new URL(`http://${urlHost(best)}:1`).port).toBe('1');
        expect(best).not.toMatch(/^(?:127\.|::1$|0\.0\.0\.0|fe80:)/);
      }
    }),
  );
});

function info(address: string, more: Partial<NetworkInterfaceInfo> = {}): NetworkInterfaceInfo {
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  return { address, family, mac: '02:42:ac:11:00:02', internal: false, ...more } as NetworkInterfaceInfo;
}
