import { expect, test } from 'vitest';
import { cuePlacement } from './cue-settings.ts';

test.each([
  ['', {}],
  ['line:0', { line: 0, snapToLines: true }],
  ['line:-3', { line: -3, snapToLines: true }],
  ['line:12.5%,end', { line: 12.5, snapToLines: false, lineAlign: 'end' }],
  [
    'position:20%,line-left size:35% align:start',
    {
      ...{ position: 20, positionAlign: 'line-left', size: 35, align: 'start' },
    },
  ],
  ['vertical:rl align:left', { vertical: 'rl', align: 'left' }],
  ['line:101% line:x position:5 size:-1% size:1000% align:middle vertical:up', {}],
  ['line:5%,middle', { line: 5, snapToLines: false }],
])('%j', (settings, placement) => {
  expect(cuePlacement(settings)).toEqual(placement);
});
