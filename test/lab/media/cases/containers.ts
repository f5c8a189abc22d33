import type { FilmCase } from '../film-case.ts';
import { AAC, audioFacts, facts, picture, tone, videoFacts, x264 } from '../ingredients.ts';

const h264Aac = [...picture(), ...tone(0, 20), ...x264(2), ...AAC];
const remuxMkv = ['-i', '@0', '-map', '0', '-c', 'copy'];
const mp4 = facts({ container: 'mp4' });
/** Pictures whose size or shape is not plain 320 × 180. */
const shaped = (changes: { width?: number; height?: number }) =>
  facts({ container: 'mp4', video: videoFacts(changes) });

/** Containers: where the index lies, whether there is one, and what else a header can say. */
export const CONTAINERS = {
  'moov-at-end': { extension: '.mp4', args: h264Aac, facts: mp4 },
  /** Fragments of one GOP, `mfra` at the end. */
  'fragmented-mfra': {
    extension: '.mp4',
    from: ['moov-at-end'],
    args: ['-i', '@0', '-c', 'copy', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
    facts: mp4,
  },
  /** One global `sidx` at the front, as DASH's on-demand profile has it. */
  'fragmented-sidx': {
    extension: '.mp4',
    from: ['moov-at-end'],
    args: ['-i', '@0', '-c', 'copy', '-movflags', '+frag_keyframe+dash+global_sidx+skip_trailer'],
    facts: mp4,
  },
  'fragmented-no-index': {
    extension: '.mp4',
    from: ['moov-at-end'],
    args: ['-i', '@0', '-c', 'copy', '-movflags', '+frag_keyframe+empty_moov+default_base_moof+skip_trailer'],
    facts: mp4,
  },
  /** ffmpeg could not seek back: no Cues, no SeekHead entry for them, no duration, unknown segment size. */
  'mkv-no-cues': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    args: [...remuxMkv, '-f', 'matroska'],
    throughPipe: true,
    facts: facts(),
  },
  /** As a live recorder writes it: clusters of unknown size too. */
  'mkv-live': {
    extension: '.mkv',
    from: ['mkv-no-cues'],
    edits: [{ kind: 'unknown-cluster-sizes' }],
    facts: facts(),
  },
  'mkv-cues-front': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    args: [...remuxMkv, '-reserve_index_space', '16384', '-cues_to_front', '1'],
    facts: facts(),
  },
  /** SeekHead names Cues, but a Void lies there. */
  'mkv-cues-void': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    edits: [{ kind: 'cues', how: 'void' }],
    facts: facts(),
  },
  /** Cues cover only the first quarter of the film. */
  'mkv-cues-partial': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    edits: [{ kind: 'cues', how: 'first-quarter' }],
    facts: facts(),
  },
  mpegts: {
    extension: '.ts',
    args: [...h264Aac, '-f', 'mpegts'],
    facts: facts({ container: 'mpegts' }),
  },
  avi: {
    extension: '.avi',
    args: [
      ...picture(),
      ...tone(0, 20),
      ...x264(2),
      '-bf',
      '0',
      '-c:a',
      'libmp3lame',
      '-avoid_negative_ts',
      'disabled',
    ],
    facts: facts({ container: 'avi', audio: [audioFacts({ codec: 'mp3' })] }),
  },
  /** Pixels are 4:3 wide: 240 × 180 shows as 16:9. */
  'anamorphic-mkv': {
    extension: '.mkv',
    args: [
      ...picture({ width: 240, height: 180, rate: [24, 1], seconds: 20 }, ',setsar=4/3'),
      ...tone(0, 20),
      ...x264(2),
      ...AAC,
    ],
    facts: { ...shaped({ width: 240 }), container: 'matroska' },
  },
  'anamorphic-mp4': {
    extension: '.mp4',
    from: ['anamorphic-mkv'],
    args: ['-i', '@0', '-c', 'copy', '-movflags', '+faststart'],
    facts: shaped({ width: 240 }),
  },
  /** A phone held upright: shown turned by 90° clockwise. */
  'rotated-mp4': {
    extension: '.mp4',
    from: ['gop2-mp4'],
    edits: [{ kind: 'rotate', degrees: 90 }],
    facts: mp4,
  },
  /** A file name that a command line takes for an option. */
  'dash-name': { extension: '-film.mkv', from: ['gop2-mkv'], facts: facts() },
} satisfies Record<string, FilmCase>;
