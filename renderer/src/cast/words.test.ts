import { expect, test } from 'vitest';
import type { CastDevice } from '../../../src/cast/types.ts';
import { deviceHint, inOrder, stateLabel, stateText } from './words.ts';

const device = (name: string, more: Partial<CastDevice> = {}): CastDevice => ({
  id: name,
  name,
  model: 'Chromecast',
  host: '192.0.2.7',
  port: 8009,
  hasVideo: true,
  isManual: false,
  ...more,
});

test('the state is said above the name, what is waited for below', () => {
  expect(stateLabel('preparing')).toBe('Casting to');
  expect(stateLabel('paused')).toBe('Paused on');
  expect(stateLabel('playing')).toBe('Playing on');
  expect(stateText('preparing', 'Kitchen')).toBe('Getting the film ready…');
  expect(stateText('reconnecting', 'Kitchen')).toContain('No contact with Kitchen');
  expect(stateText('playing', 'Kitchen')).toBe('');
});

test('a device is told from its siblings by its model, one given by its address by that', () => {
  expect(deviceHint(device('a'))).toBe('Chromecast');
  expect(deviceHint(device('a', { isManual: true }))).toBe('192.0.2.7:8009');
  expect(deviceHint(device('a', { model: null, host: 'fe80::1' }))).toBe('[fe80::1]:8009');
});

test('screens come before speakers, then names in order', () => {
  const devices = [device('Speaker', { hasVideo: false }), device('b'), device('A')];
  expect(inOrder(devices).map(({ name }) => name)).toEqual(['A', 'b', 'Speaker']);
});
