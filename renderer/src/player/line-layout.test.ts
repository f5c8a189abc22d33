import { expect, test } from 'vitest';
import { type CuePlacement, cuePlacement } from './cue-settings.ts';
import { stacksOf } from './line-layout.ts';

const line = (name: string, settings = '') => ({ name, placement: cuePlacement(settings) });
const columnOf = (placement: CuePlacement) => stacksOf([{ placement }])[0]?.lines[0]?.style;
const stackOf = (settings: string) => stacksOf([line('', settings)])[0]?.style;

test('lines of one place are one stack, in their order; others have their own', () => {
  const stacks = stacksOf([
    line('a'),
    line('b', 'line:0'),
    line('c', 'line:-1'),
    line('d', 'line:0 align:left'),
  ]);
  expect(stacks.map(({ lines }) => lines.map((one) => one.line.name))).toEqual([
    ['a', 'c'],
    ['b', 'd'],
  ]);
  expect(new Set(stacks.map(({ key }) => key)).size).toBe(2);
});

test.each([
  ['', 'flex-direction: column-reverse; padding-bottom: 0lh'],
  ['line:-3', 'flex-direction: column-reverse; padding-bottom: 2lh'],
  ['line:0', 'flex-direction: column; padding-top: 0lh'],
  ['line:20%', 'flex-direction: column; --before: 0 1 20%'],
  ['line:20%,center', 'flex-direction: column; --before: 20 1 0; --after: 80 1 0'],
  ['line:20%,end', 'flex-direction: column; justify-content: flex-end; --after: 0 1 80%'],
  ['vertical:rl line:0', 'flex-direction: column; writing-mode: vertical-rl'],
  ['vertical:lr', 'flex-direction: column; writing-mode: vertical-lr'],
])('%j: %s', (settings, style) => {
  expect(stackOf(settings)).toBe(style);
});

test.each([
  ['', 'width: 100%; margin-left: 0%; text-align: center'],
  ['align:left', 'width: 100%; margin-left: 0%; text-align: left'],
  ['position:10% align:left', 'width: 90%; margin-left: 10%; text-align: left'],
  ['position:80%', 'width: 40%; margin-left: 60%; text-align: center'],
  ['position:80% size:20%', 'width: 20%; margin-left: 70%; text-align: center'],
  ['position:30%,line-right size:50% align:start', 'width: 30%; margin-left: 0%; text-align: start'],
  ['position:30% align:end', 'width: 30%; margin-left: 0%; text-align: end'],
  ['vertical:lr size:50%', 'height: 50%; margin-top: 25%; text-align: center'],
])('%j: %s', (settings, style) => {
  expect(columnOf(cuePlacement(settings))).toBe(style);
});
