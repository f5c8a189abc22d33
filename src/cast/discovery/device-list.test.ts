import { expect, test } from 'vitest';
import type { CastDevice } from '../types.ts';
import { DeviceList } from './device-list.ts';

const device = (id: string, name = id): CastDevice => ({
  ...{ id, name, model: null, host: '192.168.1.20', port: 8009 },
  ...{ hasVideo: true, isManual: false },
});
const announced = (id: string, name?: string) => ({
  instance: id,
  device: device(id, name),
  ttlSeconds: 120,
});

test('tells changes, and nothing else', () => {
  const list = new DeviceList();
  expect(list.heed(announced('b'), 0)).toBe(true);
  expect(list.heed(announced('b'), 1000)).toBe(false);
  expect(list.heed(announced('b', 'Kitchen'), 2000)).toBe(true);
  list.heed(announced('a', 'Attic'), 2000);
  expect(list.devices.map(({ name }) => name)).toEqual(['Attic', 'Kitchen']);
  expect(list.heed({ instance: 'b', device: null, ttlSeconds: 0 }, 3000)).toBe(true);
  expect(list.heed({ instance: 'b', device: null, ttlSeconds: 0 }, 3000)).toBe(false);
  expect(list.devices.map(({ id }) => id)).toEqual(['a']);
});

test('a device stays as long as it says so again', () => {
  const list = new DeviceList();
  list.heed(announced('a'), 0);
  list.heed(announced('b'), 0);
  list.heed(announced('a'), 60_000);
  expect(list.expire(119_999)).toBe(false);
  expect(list.expire(120_000)).toBe(true);
  expect(list.devices.map(({ id }) => id)).toEqual(['a']);
});

test('a network full of devices is a lie', () => {
  const list = new DeviceList();
  for (let index = 0; index < 1000; index++) list.heed(announced(`d${index}`), 0);
  expect(list.devices).toHaveLength(100);
});

test('a device that announces itself anew is one', () => {
  const list = new DeviceList();
  list.heed(announced('a'), 0);
  expect(list.heed({ ...announced('a', 'Kitchen'), instance: 'kitchen' }, 0)).toBe(true);
  expect(list.devices.map(({ name }) => name)).toEqual(['Kitchen']);
});
