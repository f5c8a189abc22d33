import type { FilmCase } from '../film-case.ts';
import { FILM_SECONDS } from '../huge/layout.ts';
import { writeHugeMatroska } from '../huge/matroska.ts';
import { writeHugeMp4 } from '../huge/mp4.ts';
import { audioFacts, facts, videoFacts } from '../ingredients.ts';

const huge = facts({
  video: videoFacts({ seconds: FILM_SECONDS, numbersRepeatAfter: 480 }),
  audio: [audioFacts({ endSeconds: FILM_SECONDS })],
});

/** Sparse films of 20 GB and two hours, for the index's cost; `isReal` of `huge/layout.ts` tells where frames are. */
export const HUGE = {
  'huge-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    build: { version: 1, write: writeHugeMatroska },
    facts: huge,
  },
  'huge-mp4': {
    extension: '.mp4',
    from: ['gop2-mp4'],
    build: { version: 1, write: writeHugeMp4 },
    facts: { ...huge, container: 'mp4' },
  },
} satisfies Record<string, FilmCase>;
