import { expect, test } from 'vitest';
import type { Stage } from '../../../src/session/types.ts';
import { stageText } from './stages.ts';

const at = (stage: Stage) => ({ stage, progress: null, since: '2026-01-01T00:00:00Z' });

test('every stage says what is waited for', () => {
  const stages: Stage[] = [
    'idle',
    'resolve',
    'connect',
    'metadata',
    'first_piece',
    'probe',
    'plan',
    'first_byte',
    'ready',
    'failed',
  ];
  for (const stage of stages) expect(stageText(at(stage), 'a.example')).toMatch(/^[A-Z].*[….]$/);
  expect(stageText(at('connect'), 'a.example')).toBe('Connecting to a.example…');
  expect(stageText(at('connect'), null)).toBe('Opening the file…');
  expect(stageText(null, null)).toBe('Opening…');
});

test('what is converted is named where the wait is for it', () => {
  expect(stageText(at('first_byte'), null, 'picture')).toBe('Converting the picture…');
  expect(stageText(at('first_byte'), null, 'sound')).toBe('Converting the sound…');
  expect(stageText(at('ready'), null, 'picture')).toBe('Converting the picture…');
  expect(stageText(at('ready'), null, 'sound')).toBe('Buffering…');
  expect(stageText(at('probe'), null, 'picture')).toBe('Examining the film…');
});
