import type { CueFacts, FilmCase, SubtitleFacts } from '../film-case.ts';
import { facts } from '../ingredients.ts';
import { BENCH } from './bench.ts';
import { CODECS } from './codecs.ts';

const copy0 = ['-i', '@0', '-map', '0', '-c', 'copy'];

/** What is put in, and what a viewer is to see of it, as WebVTT. */
const LINES = [
  { startSeconds: 0.5, endSeconds: 2.25, subrip: 'First <i>line</i>', text: 'First <i>line</i>' },
  { startSeconds: 4.001, endSeconds: 5.999, subrip: 'Two\nlines & more', text: 'Two\nlines &amp; more' },
  { startSeconds: 9.5, endSeconds: 12, subrip: 'Größe, 言葉', text: 'Größe, 言葉' },
  { startSeconds: 17.123, endSeconds: 19.5, subrip: '<b>Last</b>', text: '<b>Last</b>' },
];
const cues: CueFacts[] = LINES.map(({ startSeconds, endSeconds, text }) => ({
  startSeconds,
  endSeconds,
  text,
}));

const subrip = LINES.map(
  (line, i) =>
    `${i + 1}\n${clock(line.startSeconds, ',')} --> ${clock(line.endSeconds, ',')}\n${line.subrip}\n`,
).join('\n');

/** The film in WebM is over before the last line. */
const webvttCues = cues.slice(0, -1).map((cue) => ({ ...cue, settings: 'line:0' }));
const webvtt = webvttOf(webvttCues);

const ass = [
  '[Script Info]',
  'ScriptType: v4.00+',
  '[V4+ Styles]',
  'Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Italic, Underline',
  'Style: Default,Arial,20,&H00FFFFFF,0,0,0',
  'Style: Sign,Arial,20,&H00FFFFFF,0,-1,0',
  '[Events]',
  'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
  String.raw`Dialogue: 0,0:00:01.50,0:00:03.00,Default,,0,0,0,,Plain, {\b1}bold{\b0} <and> {\pos(10,10)\c&HFF&}placed`,
  String.raw`Dialogue: 0,0:00:06.25,0:00:08.75,Sign,,0,0,0,,{\an8}A sign\Nabove`,
].join('\n');
const assCues: CueFacts[] = [
  { startSeconds: 1.5, endSeconds: 3, text: 'Plain, <b>bold</b> &lt;and&gt; placed' },
  { startSeconds: 6.25, endSeconds: 8.75, text: '<i>A sign\nabove</i>', settings: 'line:0' },
];

/** A line every ten seconds of a film of three minutes. */
const sparse: CueFacts[] = Array.from({ length: 18 }, (_, i) => ({
  startSeconds: i * 10 + 1,
  endSeconds: i * 10 + 3,
  text: `Line ${i}`,
}));
const besideBench = (codec: string): FilmCase => ({
  extension: codec === 'mov_text' ? '.mp4' : '.mkv',
  from: ['bench-gop2-mkv'],
  args: [
    ...['-i', '@0', '-f', 'webvtt', '-i', dataUrl(webvttOf(sparse)), '-map', '0', '-map', '1', '-c', 'copy'],
    ...['-c:s', codec === 'mov_text' ? codec : 'srt', '-movflags', '+faststart'],
  ],
  facts: {
    ...BENCH['bench-gop2-mkv'].facts,
    container: codec === 'mov_text' ? 'mp4' : 'matroska',
    subtitles: [track({ codec, language: 'und', cues: sparse })],
  },
});

/** One PGS segment that says no more than that a display set ends: enough for a track of pictures. */
const pgs = Buffer.from([0x50, 0x47, 0, 1, 0x5f, 0x90, 0, 0, 0, 0, 0x80, 0, 0]);

const track = (more: Partial<SubtitleFacts> = {}): SubtitleFacts => ({
  codec: 'subrip',
  language: 'eng',
  isText: true,
  cues,
  ...more,
});
const twoTracks = [track(), track({ codec: 'ass', language: 'ger', cues: assCues })];
const timedText = track({ codec: 'mov_text' });
const inMp4 = facts({ container: 'mp4', subtitles: [timedText] });

/** Films with subtitles. */
export const SUBTITLES = {
  'subtitles-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    args: [
      ...['-i', '@0', ...beside('srt', subrip), ...beside('ass', ass)],
      ...['-map', '0', '-map', '1', '-map', '2', '-c', 'copy'],
      ...[
        '-metadata:s:s:0',
        'language=eng',
        '-metadata:s:s:0',
        'title=English',
        '-disposition:s:0',
        'default',
      ],
      ...['-metadata:s:s:1', 'language=ger', '-disposition:s:1', 'forced'],
    ],
    facts: facts({ subtitles: twoTracks }),
  },
  /** Without Cues: the lines have to be looked for. */
  'subtitles-no-cues-mkv': {
    extension: '.mkv',
    from: ['subtitles-mkv'],
    args: [...copy0, '-f', 'matroska'],
    throughPipe: true,
    facts: facts({ subtitles: twoTracks }),
  },
  'subtitles-start-offset-mkv': {
    extension: '.mkv',
    from: ['subtitles-mkv'],
    args: [...copy0, '-output_ts_offset', '5'],
    facts: facts({ subtitles: twoTracks }),
  },
  'subtitles-mp4': {
    extension: '.mp4',
    from: ['subtitles-mkv'],
    args: [
      ...copy0.slice(0, 2),
      ...['-map', '0:v', '-map', '0:a', '-map', '0:s:0', '-c', 'copy', '-c:s', 'mov_text'],
    ],
    facts: inMp4,
  },
  'subtitles-start-offset-mp4': {
    extension: '.mp4',
    from: ['subtitles-mp4'],
    args: [...copy0, '-output_ts_offset', '5'],
    facts: inMp4,
  },
  /** Its lines lie in the fragments. */
  'subtitles-fragmented-mp4': {
    extension: '.mp4',
    from: ['subtitles-mp4'],
    args: [...copy0, '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
    facts: inMp4,
  },
  'subtitles-webm': {
    extension: '.webm',
    from: ['vp9-opus-webm'],
    args: [
      ...['-i', '@0', ...beside('webvtt', webvtt, '0.014'), '-map', '0', '-map', '1', '-c', 'copy'],
      ...['-metadata:s:s:0', 'language=eng'],
    ],
    facts: { ...CODECS['vp9-opus-webm'].facts, subtitles: [track({ codec: 'webvtt', cues: webvttCues })] },
  },
  /** Chromium plays it as a file, and no fragments of it: MP3 is nothing for Media Source Extensions in MP4. */
  'subtitles-mp3-mkv': {
    extension: '.mkv',
    from: ['h264-mp3-mkv'],
    args: [
      ...['-i', '@0', ...beside('srt', subrip, '0.023'), '-map', '0', '-map', '1', '-c', 'copy'],
      ...['-metadata:s:a:0', 'language=eng', '-metadata:s:s:0', 'language=eng', '-disposition:s:0', 'forced'],
    ],
    facts: { ...CODECS['h264-mp3-mkv'].facts, subtitles: [track()] },
  },
  'subtitles-pictures-mkv': {
    extension: '.mkv',
    from: ['gop2-mkv'],
    args: [
      ...['-i', '@0', '-f', 'sup', '-i', dataUrl(pgs), '-map', '0', '-map', '1', '-c', 'copy'],
      ...['-metadata:s:s:0', 'language=eng'],
    ],
    facts: facts({ subtitles: [track({ codec: 'hdmv_pgs_subtitle', isText: false, cues: [] })] }),
  },
  'bench-subtitles-mp4': besideBench('mov_text'),
  'bench-subtitles-mkv': besideBench('subrip'),
  'bench-subtitles-no-cues-mkv': {
    extension: '.mkv',
    from: ['bench-subtitles-mkv'],
    args: [...copy0, '-f', 'matroska'],
    throughPipe: true,
    facts: besideBench('subrip').facts,
  },
} satisfies Record<string, FilmCase>;

/** An input whose clock begins with the film's picture: in Matroska that waits for the sound's priming, of AAC 21 ms, of MP3 23 ms. */
function beside(format: string, content: string, offsetSeconds = '0.021'): string[] {
  return ['-itsoffset', offsetSeconds, '-f', format, '-i', dataUrl(content)];
}

function webvttOf(lines: readonly CueFacts[]): string {
  const blocks = lines.map(({ startSeconds, endSeconds, text, settings }) => {
    const timing = `${clock(startSeconds, '.')} --> ${clock(endSeconds, '.')}`;
    return `${timing}${settings === undefined ? '' : ` ${settings}`}\n${text}\n`;
  });
  return `WEBVTT\n\n${blocks.join('\n')}`;
}

function dataUrl(content: string | Buffer): string {
  return `data:text/plain;base64,${Buffer.from(content).toString('base64')}`;
}

function clock(seconds: number, point: ',' | '.'): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `00:${two(ms / 60_000)}:${two((ms / 1000) % 60)}${point}${String(ms % 1000).padStart(3, '0')}`;
}
