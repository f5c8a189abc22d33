import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBuildStale } from './freshness.ts';

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'raffi-freshness-'));
  for (const source of ['src/index.ts', 'electron/main/index.ts', 'renderer/index.html', 'package.json']) {
    put(source, 1_000);
  }
});
afterEach(() => rmSync(project, { recursive: true }));

/** A file that was changed at that time, seconds. */
function put(path: string, changedAt: number): void {
  const file = join(project, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  utimesSync(file, changedAt, changedAt);
}

function build(at: number): void {
  for (const output of ['main/index.js', 'main/core.js', 'preload/index.cjs', 'renderer/index.html']) {
    put(`out/${output}`, at);
  }
}

test('nothing built is stale', () => {
  expect(isBuildStale(project)).toBe(true);
});

test('a part that is missing makes it stale', () => {
  build(2_000);
  rmSync(join(project, 'out/preload/index.cjs'));
  expect(isBuildStale(project)).toBe(true);
});

test('built after the last change is fresh; a later change makes it stale, a later test does not', () => {
  build(2_000);
  expect(isBuildStale(project)).toBe(false);
  put('src/deep/x.test.ts', 3_000);
  expect(isBuildStale(project)).toBe(false);
  put('src/deep/x.ts', 3_000);
  expect(isBuildStale(project)).toBe(true);
});
