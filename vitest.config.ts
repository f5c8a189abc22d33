import { defineConfig } from 'vitest/config';

/** What has to come is waited for so long, on a busy machine too; what must come within a time says so in its test. */
const expect = { poll: { timeout: 15_000 } };
const CLOCKED = ['test/conformance/leaks.test.ts'];

/**
 * Four projects, one after the other: `unit` (pure and in-process tests, beside their files), `lab` (whole cores against the lab's origin,
 * real ffmpeg and synthesised films), `clocked` (those of the lab that hold the core to a time) and `electron` (the built app under a
 * display of its own). The last two run one file at a time: they would measure the other tests' load.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'electron/**/*.test.ts',
            'renderer/**/*.test.ts',
            'build/**/*.test.ts',
          ],
          expect,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/**/*.test.ts'],
          exclude: ['test/electron/**', ...CLOCKED],
          expect,
          testTimeout: 60_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'clocked',
          include: CLOCKED,
          expect,
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'electron',
          include: ['test/electron/**/*.test.ts'],
          expect,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
