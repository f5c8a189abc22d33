import { connect } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LOOPBACK } from '../http/bind.ts';
import { type Listening, listen } from '../http/listen.ts';
import { MemoryStore } from '../http/memory-store.fixture.ts';
import { createLog } from '../log.ts';
import { LanAccess, type LanAccessOptions } from './lan-access.ts';
import type { Interfaces } from './lan-address.ts';

const HOME = '192.168.1.5';
const HOTEL = '10.20.30.40';
const TV = '192.168.1.7';

let store: MemoryStore;
let interfaces: Interfaces;
/** Real sockets, on loopback in place of the addresses that they are asked for. */
let sockets: Map<string, Listening>;
let access: LanAccess;
let begun: LanAccess[];

beforeEach(() => {
  // Sockets need the real ones of the others.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  store = new MemoryStore();
  sockets = new Map();
  begun = [];
  interfaces = at(HOME);
  access = accessWith({});
});
afterEach(async () => {
  for (const one of begun) await one.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('opens with the first token, at the address it tells, and closes with the last', async () => {
  const film = open();
  const { token, streamUrl, sessionUrl, masterUrl } = await access.issue(film);
  const port = portAt(HOME);
  const base = `http://${HOME}:${port}/sessions/${film}`;
  expect([streamUrl, sessionUrl, masterUrl]).toEqual(
    ['/stream', '', '/master.m3u8'].map((path) => `${base}${path}?cast_token=${token}`),
  );
  const other = await access.issue(open());
  expect(access.stats()).toEqual({ tokens: 2, baseUrl: `http://${HOME}:${port}` });
  access.revoke(token);
  expect(await answers(port)).toBe(true);
  access.revoke(other.token);
  await vi.waitFor(() => expect(access.stats()).toEqual({ tokens: 0, baseUrl: null }));
  expect(await answers(port)).toBe(false);
});

test('closes with the session, and opens anew for the next', async () => {
  const film = open();
  const { token } = await access.issue(film);
  const port = portAt(HOME);
  await store.remove(film);
  access.sessionClosed(film);
  const next = open();
  await access.issue(next);
  expect(access.verify(token, film, TV)).toBe(false);
  expect(await answers(port)).toBe(false);
  expect(await answers(portAt(HOME))).toBe(true);
});

test('needs no socket of its own where the core listens already', async () => {
  access = accessWith({ ownPort: (address) => (address === HOME ? 6969 : null) });
  expect((await access.issue(open())).streamUrl).toContain(`http://${HOME}:6969/`);
  expect(sockets.size).toBe(0);
});

test.each([
  ['203.0.113.9', HOME, '203.0.113.9'],
  ['raffi.example', HOME, 'raffi.example'],
  ['fd12::9', HOME, '[fd12::9]'],
  [HOTEL, HOTEL, HOTEL],
])('RAFFI_CAST_HOST=%s listens at %s and tells %s', async (castHost, listensAt, told) => {
  interfaces = at(HOME, HOTEL);
  access = accessWith({ castHost });
  const { streamUrl } = await access.issue(open());
  expect([...sockets.keys()]).toEqual([listensAt]);
  expect(streamUrl).toContain(`http://${told}:${portAt(listensAt)}/`);
});

test('without a network says what to do, and holds no token', async () => {
  interfaces = {};
  await expect(access.issue(open())).rejects.toMatchObject({
    code: 'no_lan_address',
    status: 503,
    message: expect.stringContaining('RAFFI_CAST_HOST'),
  });
  expect(access.stats()).toEqual({ tokens: 0, baseUrl: null });
});

test('an address at which nothing can listen is none', async () => {
  access = accessWith({ listenAt: () => Promise.reject(new Error('EADDRNOTAVAIL')) });
  await expect(access.issue(open())).rejects.toMatchObject({ code: 'no_lan_address' });
  expect(access.stats().tokens).toBe(0);
});

test('no token for a session that there is not', async () => {
  await expect(access.issue('nothing')).rejects.toMatchObject({ code: 'session_not_found' });
  expect(access.stats()).toEqual({ tokens: 0, baseUrl: null });
});

test('no token for a session that is closed meanwhile', async () => {
  const film = open();
  const issuing = access.issue(film);
  await store.remove(film);
  access.sessionClosed(film);
  await expect(issuing).rejects.toMatchObject({ code: 'session_not_found' });
  await vi.waitFor(() => expect(access.stats()).toEqual({ tokens: 0, baseUrl: null }));
  expect(await answers(portAt(HOME))).toBe(false);
});

test('goes along where the network changes, and stays where it is still reached', async () => {
  const { token } = await access.issue(open());
  const before = portAt(HOME);
  interfaces = at(HOTEL, HOME);
  const second = await access.issue(open());
  expect(second.streamUrl).toContain(HOTEL);
  // The first one's device goes on where it is.
  expect([await answers(before), await answers(portAt(HOTEL))]).toEqual([true, true]);
  interfaces = at(HOTEL);
  vi.advanceTimersByTime(30_000);
  await vi.waitFor(async () => expect(await answers(before)).toBe(false));
  expect(access.renew(token).streamUrl).toContain(`http://${HOTEL}:${portAt(HOTEL)}/`);
});

test('comes back with the network', async () => {
  const { token } = await access.issue(open());
  const before = portAt(HOME);
  interfaces = {};
  vi.advanceTimersByTime(30_000);
  await vi.waitFor(async () => expect(await answers(before)).toBe(false));
  sockets.clear();
  interfaces = at(HOME);
  vi.advanceTimersByTime(30_000);
  await vi.waitFor(() => expect(sockets.size).toBe(1));
  await vi.waitFor(() => expect(access.renew(token).streamUrl).toContain(`:${portAt(HOME)}/`));
});

function accessWith(more: Partial<LanAccessOptions>): LanAccess {
  const created = new LanAccess({
    sessions: store,
    interfaces: () => interfaces,
    castHost: null,
    ownPort: () => null,
    log: createLog('silent'),
    listenAt: async (address) => {
      const options = { host: LOOPBACK, port: 0, portFallback: false, hostOnly: true };
      const socket = await listen((_, response) => response.end(), options);
      sockets.set(address, socket);
      return socket;
    },
    ...more,
  });
  begun.push(created);
  return created;
}

function open(): string {
  return store.create({ source: 'http://host/film.mkv', kind: 'http' }).id;
}

function portAt(address: string): number {
  return sockets.get(address)?.port ?? 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK, () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}

function at(...addresses: string[]): Interfaces {
  const infos = addresses.map((address) => ({
    address,
    family: 'IPv4',
    mac: '02:42:00:00:00:01',
    internal: false,
  }));
  return { eth0: infos as NetworkInterfaceInfo[] };
}
