import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isVisible, loadWindowState, saveWindowState } from './window-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'raffi-window-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what was saved is loaded', () => {
  const file = join(folder, 'deep/window.json');
  const state = { bounds: { x: -20, y: 30, width: 900, height: 600 }, maximized: true };
  saveWindowState(file, state);
  expect(loadWindowState(file)).toEqual(state);
});

test.each(['', '{', '[]', '{"bounds":{"x":0,"y":0,"width":1,"height":1},"maximized":false}'])(
  'a file that holds %j is as good as none',
  (text) => {
    const file = join(folder, 'bad.json');
    writeFileSync(file, text);
    expect(loadWindowState(file)).toBeNull();
  },
);

test('a folder that cannot be written is no error', () => {
  writeFileSync(join(folder, 'file'), '');
  saveWindowState(join(folder, 'file/window.json'), {
    bounds: { x: 0, y: 0, width: 900, height: 600 },
    maximized: false,
  });
});

test('a window on a monitor that is gone is not visible', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  expect(isVisible({ x: 100, y: 100, width: 900, height: 600 }, screens)).toBe(true);
  expect(isVisible({ x: 2_000, y: 100, width: 900, height: 600 }, screens)).toBe(false);
  expect(isVisible({ x: 1_900, y: 100, width: 900, height: 600 }, screens)).toBe(false);
});
