import { describe, expect, it } from 'vitest';
import { mainTrack } from './main-track.ts';

type Track = Parameters<typeof mainTrack>[0][number];

const film: Track = { kind: 'video', isPicture: false };
const cover: Track = { kind: 'video', isPicture: true };
const sound: Track = { kind: 'audio', isPicture: false };
const text: Track = { kind: 'other', isPicture: false };

describe('mainTrack', () => {
  it.each<[string, Track[], Track | undefined]>([
    ['the first video', [sound, film, { ...film }], film],
    ['no cover art before it', [cover, sound, film], film],
    ['a film of pictures', [sound, cover], cover],
    ['else the first audio', [text, sound], sound],
    ['or nothing', [text], undefined],
  ])('%s', (_, tracks, expected) => {
    expect(mainTrack(tracks)).toBe(expected);
  });
});
