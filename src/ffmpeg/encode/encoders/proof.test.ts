import { describe, expect, it } from 'vitest';
import { whatIsWrong } from './proof.ts';

const FRAME = (n: number, isKey: boolean) =>
  `[Parsed_showinfo_0 @ 0x1] n: ${String(n).padStart(3)} pts: ${n} pts_time:${n / 24} pos: 1 fmt:yuv420p sar:1/1 s:1920x1080 i:P iskey:${isKey ? 1 : 0} type:P checksum:AA\n`;
const SSIM = (all: number) => `[Parsed_ssim_3 @ 0x1] SSIM Y:0.9 (12) U:0.9 (12) V:0.9 (12) All:${all} (15)\n`;
const listing = ({ frames = 24, keys = [0, 12], all = 0.98 } = {}) =>
  Array.from({ length: frames }, (_, n) => FRAME(n, keys.includes(n))).join('') + SSIM(all);

describe('whatIsWrong', () => {
  it.each<[string, Partial<{ exitCode: number; stderr: string }>, RegExp | null]>([
    ['nothing', {}, null],
    ['it cannot be decoded', { exitCode: 1 }, /cannot be decoded/],
    ['a picture is missing', { stderr: listing({ frames: 23 }) }, /23 pictures of 24/],
    ['a keyframe is missing', { stderr: listing({ keys: [0] }) }, /keyframes/],
    ['there is one too many', { stderr: listing({ keys: [0, 6, 12] }) }, /keyframes/],
    ['another picture', { stderr: listing({ all: 0.3 }) }, /not those/],
    ['no word of similarity', { stderr: listing().replace(/SSIM.*/, '') }, /not those/],
  ])('%s', (_, result, expected) => {
    const wrong = whatIsWrong({ exitCode: 0, stderr: listing(), ...result });
    if (expected === null) expect(wrong).toBeNull();
    else expect(wrong).toMatch(expected);
  });
});
