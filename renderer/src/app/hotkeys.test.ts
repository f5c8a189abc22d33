import { expect, test } from 'vitest';
import { type FocusKind, hotkey, type Key } from './hotkeys.ts';

const press = (key: string, focus: FocusKind = 'page', more: Partial<Key> = {}) =>
  hotkey({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more }, focus);

test.each([
  [' ', { do: 'toggle-play' }],
  ['k', { do: 'toggle-play' }],
  ['K', { do: 'toggle-play' }],
  ['ArrowLeft', { do: 'skip', seconds: -5 }],
  ['ArrowRight', { do: 'skip', seconds: 5 }],
  ['j', { do: 'skip', seconds: -10 }],
  ['l', { do: 'skip', seconds: 10 }],
  ['ArrowUp', { do: 'volume', change: 0.05 }],
  ['m', { do: 'toggle-mute' }],
  ['f', { do: 'toggle-fullscreen' }],
  ['a', { do: 'toggle-audio' }],
  ['c', { do: 'toggle-cast' }],
  ['q', { do: 'toggle-quality' }],
  ['i', { do: 'toggle-details' }],
  ['0', { do: 'seek', fraction: 0 }],
  ['9', { do: 'seek', fraction: 0.9 }],
  ['Home', { do: 'seek', fraction: 0 }],
  ['Escape', { do: 'escape' }],
  ['s', { do: 'toggle-subtitles' }],
  ['z', { do: 'delay-subtitles', seconds: -0.1 }],
  ['x', { do: 'delay-subtitles', seconds: 0.1 }],
  ['n', { do: 'next' }],
  ['N', { do: 'next' }],
  ['y', null],
  ['Tab', null],
])('%s', (key, action) => {
  expect(press(key)).toEqual(action);
});

test('Shift makes the arrows jump 10 s', () => {
  expect(press('ArrowLeft', 'page', { shiftKey: true })).toEqual({ do: 'skip', seconds: -10 });
});

test('Shift makes s open the menu', () => {
  expect(press('S', 'page', { shiftKey: true })).toEqual({ do: 'subtitle-menu' });
});

test('the system keeps its own shortcuts', () => {
  for (const modifier of ['ctrlKey', 'altKey', 'metaKey'] as const) {
    expect(press('f', 'page', { [modifier]: true })).toBeNull();
  }
});

test('what has the focus keeps the keys it needs', () => {
  expect(press('k', 'text')).toBeNull();
  expect(press(' ', 'button')).toBeNull();
  expect(press('Enter', 'button')).toBeNull();
  expect(press('k', 'button')).toEqual({ do: 'toggle-play' });
  expect(press('ArrowDown', 'menu')).toBeNull();
  expect(press('a', 'menu')).toEqual({ do: 'toggle-audio' });
  expect(press('ArrowLeft', 'volume-range')).toBeNull();
  expect(press('ArrowLeft', 'time-range')).toEqual({ do: 'skip', seconds: -5 });
});
