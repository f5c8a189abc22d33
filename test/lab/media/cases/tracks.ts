import type { FilmCase } from '../film-case.ts';
import { AAC, audioFacts, facts, picture, SMALL, tone, toneHz, x264 } from '../ingredients.ts';

const SECONDS = SMALL.seconds;
const copy0 = ['-i', '@0', '-map', '0', '-c', 'copy'];

const twoTracks = [
  audioFacts({ language: 'eng', isDefault: false }),
  audioFacts({ language: 'ger', isDefault: true, toneHz: toneHz(1) }),
];
const fiveTracks = ['aac', 'mp3', 'opus', 'flac', 'ac3'].map((codec, track) =>
  audioFacts({
    codec,
    toneHz: toneHz(track),
    isDefault: track === 0,
    language: ['eng', 'fre', 'ita', 'jpn', 'spa'][track] ?? 'und',
  }),
);
const chapters = [
  { startSeconds: 0, title: 'Opening' },
  { startSeconds: 5.5, title: 'Größe; = "quoted"' },
  { startSeconds: 12, title: 'The end' },
];
const metadata = [
  ';FFMETADATA1',
  ...chapters.flatMap(({ startSeconds, title }, index) => [
    '[CHAPTER]',
    'TIMEBASE=1/1000',
    `START=${startSeconds * 1000}`,
    `END=${(chapters[index + 1]?.startSeconds ?? SECONDS) * 1000}`,
    `title=${title.replace(/[=;#\\]/g, '\\$&')}`,
  ]),
].join('\n');
const metadataUrl = `data:text/plain;base64,${Buffer.from(metadata).toString('base64')}`;

/** A JPEG of another shape than the film, so that nobody takes it for the picture. */
const cover = ['-f', 'lavfi', '-i', 'color=c=orange:s=120x120:r=1:d=1'];

/** Tracks beside one picture and one sound: more sound, chapters, cover art, or less than both. */
export const TRACKS = {
  'two-audio-mkv': {
    extension: '.mkv',
    args: [
      ...picture(),
      ...tone(0, SECONDS),
      ...tone(1, SECONDS),
      ...['-map', '0:v', '-map', '1:a', '-map', '2:a', ...x264(2), ...AAC],
      ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:0', 'title=English', '-disposition:a:0', '0'],
      ...[
        '-metadata:s:a:1',
        'language=ger',
        '-metadata:s:a:1',
        'title=Deutsch',
        '-disposition:a:1',
        'default',
      ],
    ],
    facts: facts({ audio: twoTracks }),
  },
  'two-audio-mp4': {
    extension: '.mp4',
    from: ['two-audio-mkv'],
    args: copy0,
    facts: facts({ container: 'mp4', audio: twoTracks }),
  },
  'five-audio-mkv': {
    extension: '.mkv',
    args: [
      ...picture(),
      ...[0, 1, 2, 3, 4].flatMap((track) => tone(track, SECONDS)),
      ...[
        '-map',
        '0:v',
        ...[1, 2, 3, 4, 5].flatMap((input) => ['-map', `${input}:a`]),
        ...x264(2),
        '-ac',
        '2',
      ],
      ...['aac', 'libmp3lame', 'libopus', 'flac', 'ac3'].flatMap((codec, track) => [`-c:a:${track}`, codec]),
      ...fiveTracks.flatMap(({ language }, track) => [`-metadata:s:a:${track}`, `language=${language}`]),
    ],
    facts: facts({ audio: fiveTracks }),
  },
  'chapters-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    args: [
      '-i',
      '@0',
      '-f',
      'ffmetadata',
      '-i',
      metadataUrl,
      '-map',
      '0',
      '-map_chapters',
      '1',
      '-c',
      'copy',
    ],
    facts: facts({ chapters }),
  },
  'chapters-mp4': {
    extension: '.mp4',
    from: ['chapters-mkv'],
    args: copy0,
    facts: facts({ container: 'mp4', chapters }),
  },
  /** Cover art as an attachment: demuxers list it after the tracks. */
  'cover-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    before: [{ name: 'cover.jpg', args: [...cover, '-frames:v', '1'] }],
    args: ['-i', '@0', '-map', '0', '-c', 'copy', '-attach', '%0', '-metadata:s:t', 'mimetype=image/jpeg'],
    facts: facts(),
  },
  /** Cover art as the first video stream, marked `attached_pic`. */
  'cover-first-mp4': {
    extension: '.mp4',
    from: ['gop2-mp4'],
    args: [
      ...[
        '-i',
        '@0',
        ...cover,
        '-map',
        '0',
        '-map',
        '1',
        '-c',
        'copy',
        '-c:v:1',
        'mjpeg',
        '-frames:v:1',
        '1',
      ],
      ...['-disposition:v:1', 'attached_pic', '-movflags', '+faststart'],
    ],
    edits: [{ kind: 'cover-first' }],
    facts: facts({ container: 'mp4' }),
  },
  /** Cover art as an ordinary first MJPEG track of one frame, not default: Matroska attachments cannot come first. */
  'cover-first-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    args: [
      ...[...cover, '-i', '@0', '-map', '0:v', '-map', '1:v', '-map', '1:a', '-c', 'copy', '-c:v:0', 'mjpeg'],
      ...['-disposition:v:0', '0', '-disposition:v:1', 'default'],
    ],
    facts: facts(),
  },
  'no-audio-mkv': { extension: '.mkv', args: [...picture(), ...x264(2)], facts: facts({ audio: [] }) },
  'no-audio-mp4': {
    extension: '.mp4',
    from: ['no-audio-mkv'],
    args: copy0,
    facts: facts({ container: 'mp4', audio: [] }),
  },
  'audio-only-m4a': {
    extension: '.m4a',
    args: [...tone(0, SECONDS), ...AAC],
    facts: facts({ container: 'mp4', video: null }),
  },
  'audio-only-mka': { extension: '.mka', args: [...tone(0, SECONDS), ...AAC], facts: facts({ video: null }) },
  'audio-only-mp3-mkv': {
    extension: '.mkv',
    args: [...tone(0, SECONDS), '-c:a', 'libmp3lame'],
    facts: facts({ video: null, audio: [audioFacts({ codec: 'mp3' })] }),
  },
} satisfies Record<string, FilmCase>;
