import { defineConfig } from 'vitest/config';

/**
 * Three projects, one after the other: `unit` (pure and in-process tests, beside their files), `lab` (whole cores against the lab's origin,
 * real ffmpeg and synthesised films) and `electron` (the built app under a display of its own). Real Electron comes last and one file at a
 * time: it measures pictures against the clock, and would measure the other tests' load.
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
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/**/*.test.ts'],
          exclude: ['test/electron/**'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'electron',
          include: ['test/electron/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
