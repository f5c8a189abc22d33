import { describe, expect, it } from 'vitest';
import { parameterSets, withParameterSets } from './parameter-sets.ts';

const SPS = [0x67, 0x64, 0x00, 0x28];
const PPS = [0x68, 0xee];
const AVCC = Uint8Array.from([1, 0x64, 0, 0x28, 0xff, 0xe1, 0, 4, ...SPS, 1, 0, 2, ...PPS, 0xfd, 0xf8]);
const SETS = [0, 0, 0, 4, ...SPS, 0, 0, 0, 2, ...PPS];

describe('parameterSets', () => {
  it('are the NAL units of an avcC', () => {
    expect([...(parameterSets(AVCC) ?? [])]).toEqual(SETS);
  });

  it.each([0, 5, 6, 7, 10, 12, 14, 16])('are null where it ends after %i bytes', (length) => {
    expect(parameterSets(AVCC.subarray(0, length))).toBeNull();
  });
});

it('go before keyframes, and those alone', () => {
  const packet = { data: Uint8Array.of(9), ptsSeconds: 1, durationSeconds: 0.04, isKey: true };
  const sets = Uint8Array.from(SETS);
  expect([...withParameterSets(packet, sets).data]).toEqual([...SETS, 9]);
  const other = { ...packet, isKey: false };
  expect(withParameterSets(other, sets)).toBe(other);
});
