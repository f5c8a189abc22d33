import type { FilmCase } from '../film-case.ts';
import { facts } from '../ingredients.ts';

const damaged = facts({ health: 'damaged' });
const notMedia: FilmCase['facts'] = {
  container: 'none',
  health: 'not-media',
  video: null,
  audio: [],
  chapters: [],
};
const page =
  '<!doctype html><html><head><title>Please log in</title></head><body><h1>Please log in</h1></body></html>';

/** Films that are broken, and files that are none. */
export const DAMAGED = {
  /** The download stopped at 60 %: no Cues any more, though SeekHead names them. */
  'truncated-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    edits: [{ kind: 'cut', at: 0.6 }],
    facts: damaged,
  },
  /** `moov` is whole, the samples of the last 40 % are not there. */
  'truncated-mp4': {
    extension: '.mp4',
    from: ['gop2-mp4'],
    edits: [{ kind: 'cut', at: 0.6 }],
    facts: { ...damaged, container: 'mp4' },
  },
  /** `moov` would have come at the end: nothing can be made of this. */
  'truncated-no-moov-mp4': {
    extension: '.mp4',
    from: ['moov-at-end'],
    edits: [{ kind: 'cut', at: 0.6 }],
    facts: { ...damaged, container: 'mp4', health: 'unopenable' },
  },
  'garbage-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    edits: [{ kind: 'garbage', from: 0.4, to: 0.5 }],
    facts: damaged,
  },
  'garbage-mp4': {
    extension: '.mp4',
    from: ['gop2-mp4'],
    edits: [{ kind: 'garbage', from: 0.4, to: 0.5 }],
    facts: { ...damaged, container: 'mp4' },
  },
  'garbage-ts': {
    extension: '.ts',
    from: ['mpegts'],
    edits: [{ kind: 'garbage', from: 0.4, to: 0.5 }],
    facts: { ...damaged, container: 'mpegts' },
  },
  /** Longer than any group of pictures: whole segments are gone. */
  'zeros-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    edits: [{ kind: 'zeros', from: 0.3, to: 0.75 }],
    facts: damaged,
  },
  'zeros-mp4': {
    extension: '.mp4',
    from: ['gop2-mp4'],
    edits: [{ kind: 'zeros', from: 0.3, to: 0.75 }],
    facts: { ...damaged, container: 'mp4' },
  },
  'zeros-ts': {
    extension: '.ts',
    from: ['mpegts'],
    edits: [{ kind: 'zeros', from: 0.3, to: 0.75 }],
    facts: { ...damaged, container: 'mpegts' },
  },
  /** Picture and sound need an encoder. */
  'zeros-mpeg4-mkv': {
    extension: '.mkv',
    from: ['mpeg4-mp3-mkv'],
    edits: [{ kind: 'zeros', from: 0.3, to: 0.6 }],
    facts: damaged,
  },
  'truncated-ts': {
    extension: '.ts',
    from: ['mpegts'],
    edits: [{ kind: 'cut', at: 0.6 }],
    facts: { ...damaged, container: 'mpegts' },
  },
  'not-media-html': { extension: '.html', edits: [{ kind: 'content', text: page }], facts: notMedia },
  /** A log-in page under a film's name, as a broken link gives it. */
  'not-media-html-mkv': { extension: '.mkv', edits: [{ kind: 'content', text: page }], facts: notMedia },
  'not-media-empty': { extension: '.mkv', facts: notMedia },
  'not-media-one-byte': { extension: '.mp4', edits: [{ kind: 'content', text: 'x' }], facts: notMedia },
  'not-media-random': { extension: '.mkv', edits: [{ kind: 'noise', bytes: 300_000 }], facts: notMedia },
} satisfies Record<string, FilmCase>;
