import { describe, expect, test } from 'vitest';
import { CAST_SERVICE, type DnsRecord, readAnnouncements } from './announcement.ts';

const INSTANCE = `Chromecast-8f3a.${CAST_SERVICE}`;
const ID = '8f3a5e0c9d214b7f8e6a1c2b3d4e5f60';

/** As a Chromecast answers. */
function answer(
  changes: { text?: Record<string, string>; ttl?: number; port?: unknown; address?: string } = {},
) {
  const { text = {}, ttl = 120, port = 8009, address = '192.168.1.20' } = changes;
  const members = { id: ID, md: 'Chromecast Ultra', fn: 'Living room', ca: '201221', ve: '05', ...text };
  return {
    answers: [{ name: CAST_SERVICE, type: 'PTR', ttl, data: INSTANCE }],
    additionals: [
      { name: INSTANCE, type: 'TXT', ttl: 4500, data: strings(members) },
      { name: INSTANCE, type: 'SRV', ttl, data: { priority: 0, weight: 0, port, target: '8f3a.local' } },
      { name: '8f3a.local', type: 'A', ttl, data: address },
    ] satisfies DnsRecord[],
  };
}

function strings(members: Record<string, string>) {
  return Object.entries(members).map(([key, value]) => Buffer.from(`${key}=${value}`));
}

function deviceIn(packet: { answers?: DnsRecord[]; additionals?: DnsRecord[] }, from = '192.168.1.20') {
  return readAnnouncements(packet, from).announcements[0]?.device;
}

test('a device tells its name, model, place and screen', () => {
  expect(readAnnouncements(answer(), '192.168.1.20')).toEqual({
    announcements: [
      {
        instance: INSTANCE.toLowerCase(),
        ttlSeconds: 120,
        device: {
          id: ID,
          name: 'Living room',
          model: 'Chromecast Ultra',
          host: '192.168.1.20',
          port: 8009,
          hasVideo: true,
          isManual: false,
        },
      },
    ],
    unresolved: [],
  });
});

test('a speaker has no screen, and what says nothing of it has one', () => {
  expect(deviceIn(answer({ text: { ca: '2052' } }))).toMatchObject({ hasVideo: false });
  expect(deviceIn(answer({ text: { ca: 'much' } }))).toMatchObject({ hasVideo: false });
  expect(deviceIn({ ...answer(), additionals: withoutMember('ca') })).toMatchObject({ hasVideo: true });
});

function withoutMember(key: string): DnsRecord[] {
  return answer().additionals.map((record) =>
    record.type === 'TXT' && Array.isArray(record.data)
      ? { ...record, data: record.data.filter((one) => !String(one).startsWith(`${key}=`)) }
      : record,
  );
}

test('a time to live of 0 is a good-bye', () => {
  expect(readAnnouncements({ answers: answer({ ttl: 0 }).answers }, '192.168.1.20').announcements).toEqual([
    { instance: INSTANCE.toLowerCase(), device: null, ttlSeconds: 0 },
  ]);
});

test('an instance that is only named has to be asked for', () => {
  expect(readAnnouncements({ answers: answer().answers }, '192.168.1.20')).toEqual({
    announcements: [],
    unresolved: [INSTANCE.toLowerCase()],
  });
});

describe('a hostile neighbour', () => {
  test('sends nobody out of the house', () => {
    for (const address of ['8.8.8.8', '127.0.0.1', '169.254.169.254.evil', '0x7f000001', '0.0.0.0'])
      expect(deviceIn(answer({ address }))).toMatchObject({ host: '192.168.1.20' });
    expect(deviceIn(answer({ address: '10.0.0.7' }), '192.168.1.1')).toMatchObject({ host: '10.0.0.7' });
  });

  test('writes no more than a name', () => {
    const text = { fn: `\u202e${'x'.repeat(500)}\n\0`, md: '\u0007\u2028 ', id: '../../etc' };
    expect(deviceIn(answer({ text }))).toMatchObject({
      name: 'x'.repeat(100),
      model: null,
      id: INSTANCE.toLowerCase(),
    });
    const proto = deviceIn(answer({ text: { __proto__: 'a', constructor: 'b' } }));
    expect(proto).toMatchObject({ name: 'Living room' });
  });

  test.each([0, -1, 65_536, 1.5, '8009', null])('has no port %s', (port) => {
    expect(deviceIn(answer({ port }))).toBeUndefined();
  });

  test('is not heard of other services, nor for longer than others', () => {
    expect(deviceIn(answer({ ttl: 1e9 }))).toBeDefined();
    expect(readAnnouncements(answer({ ttl: 1e9 }), 'x').announcements[0]?.ttlSeconds).toBe(120);
    const printer = { name: '_ipp._tcp.local', type: 'PTR', data: 'printer._ipp._tcp.local' };
    expect(readAnnouncements({ answers: [printer] }, 'x')).toEqual({ announcements: [], unresolved: [] });
    const junk = [null, 7, 'x', {}, [1]].map((data) => ({ name: INSTANCE, type: 'TXT', data }));
    const ports = [null, 7, 'x', {}, [1]].map((data) => ({ name: INSTANCE, type: 'SRV', data }));
    expect(readAnnouncements({ answers: [...junk, ...ports] }, 'x').announcements).toEqual([]);
  });
});
