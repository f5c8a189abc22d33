import type { FilmCase, FilmFacts, VideoFacts } from '../film-case.ts';
import { beeps, type FlashAndBeep, flashes, LAYOUTS, type Layout } from '../flash-and-beep.ts';
import { audioFacts, facts, type Picture, SMALL, videoFacts, x264 } from '../ingredients.ts';

const SECONDS = 12;
const FILM: Picture = { ...SMALL, seconds: SECONDS };
const PAL: Picture = { ...FILM, rate: [25, 1] };
const NTSC: Picture = { ...FILM, rate: [30_000, 1001] };

/** A film of flash-and-beep media. */
export interface MatrixCase extends FilmCase {
  flashAndBeep: FlashAndBeep;
}

interface Spec {
  /** With the dot. */
  extension: string;
  container?: FilmFacts['container'];
  picture?: Picture;
  /** Filters after the picture. */
  after?: string;
  /** ffprobe's name and how it is encoded. */
  video: readonly [codec: string, args: readonly string[]];
  layout?: Layout;
  sampleRate?: number;
  audio: readonly [codec: string, args: readonly string[]];
  /** Of the container. */
  mux?: readonly string[];
  edits?: FilmCase['edits'];
  facts?: Partial<VideoFacts>;
  /** Before the output arguments: delays and cuts of an input. */
  cut?: Partial<FlashAndBeep> & { args: readonly string[] };
}

function film(spec: Spec): MatrixCase {
  const { extension, container = 'none', picture = FILM, after = '', layout = 'stereo', cut } = spec;
  const [videoCodec, videoArgs] = spec.video;
  const [audioCodec, audioArgs] = spec.audio;
  const { width, height, rate } = picture;
  return {
    extension,
    args: [
      ...flashes(picture, after),
      ...beeps(layout, SECONDS, spec.sampleRate),
      ...(cut?.args ?? []),
      ...videoArgs,
      ...audioArgs,
      ...(spec.mux ?? []),
    ],
    ...(spec.edits && { edits: spec.edits }),
    facts: facts({
      container,
      health: 'encoder',
      video: videoFacts({ codec: videoCodec, width, height, rate, seconds: SECONDS, ...spec.facts }),
      audio: [audioFacts({ codec: audioCodec, toneHz: null, endSeconds: SECONDS })],
    }),
    flashAndBeep: { channels: LAYOUTS[layout], cycleBegins: 0, soundBegins: 0, ...cut },
  };
}

const codec = (name: string, ...args: string[]) => [name, args] as const;
const mkv = (spec: Omit<Spec, 'extension'>) => film({ ...spec, extension: '.mkv', container: 'matroska' });
const mp4 = (spec: Omit<Spec, 'extension'>) => film({ ...spec, extension: '.mp4', container: 'mp4' });
const mov = (spec: Omit<Spec, 'extension'>) => film({ ...spec, extension: '.mov', container: 'mp4' });
const webm = (spec: Omit<Spec, 'extension'>) => film({ ...spec, extension: '.webm', container: 'matroska' });
const ts = (spec: Omit<Spec, 'extension'>) => film({ ...spec, extension: '.ts', container: 'mpegts' });
const avi = (spec: Omit<Spec, 'extension'>) => film({ ...spec, extension: '.avi', container: 'avi' });

const h264 = codec('h264', ...x264(2));
const h26410 = codec('h264', ...x264(2), '-pix_fmt', 'yuv420p10le');
const h264422 = codec('h264', ...x264(2), '-pix_fmt', 'yuv422p');
const h264Fields = codec('h264', ...x264(2, 25, ':tff=1'), '-flags', '+ildct+ilme');
const FIELDS = { picture: PAL, after: ',setfield=tff' };
const x265 = (params = '', ...more: string[]) =>
  codec(
    'hevc',
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params'],
    `log-level=error:bframes=3:keyint=48:min-keyint=48:scenecut=0:open-gop=0${params}`,
    ...more,
  );
const colour = (transfer: string) => [
  ...['-pix_fmt', 'yuv420p10le', '-color_primaries', 'bt2020', '-color_trc', transfer],
  ...['-colorspace', 'bt2020nc'],
];
const hevc = x265();
const hevcHdr10 = x265(
  ':colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1',
  ...colour('smpte2084'),
);
const hevcHlg = x265(
  ':colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc',
  ...colour('arib-std-b67'),
);
const libvpx = ['-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-g', '48'];
const vp8 = codec('vp8', '-c:v', 'libvpx', ...libvpx);
const vp9 = codec('vp9', '-c:v', 'libvpx-vp9', ...libvpx);
const vp9Ten = codec('vp9', '-c:v', 'libvpx-vp9', ...libvpx, '-pix_fmt', 'yuv420p10le');
const av1 = codec('av1', '-c:v', 'libsvtav1', '-preset', '12', '-g', '48', '-crf', '40');
const mpeg4 = codec('mpeg4', '-c:v', 'mpeg4', '-q:v', '3', '-g', '48');
const xvid = codec('mpeg4', '-c:v', 'mpeg4', '-vtag', 'XVID', '-bf', '2', '-q:v', '3', '-g', '48');
const mpeg2 = codec('mpeg2video', '-c:v', 'mpeg2video', '-q:v', '3', '-g', '25', '-bf', '2');
const mpeg2Fields = codec('mpeg2video', ...mpeg2[1], '-flags', '+ildct+ilme');
const mpeg1 = codec('mpeg1video', '-c:v', 'mpeg1video', '-q:v', '3', '-g', '25');
const mjpeg = codec('mjpeg', '-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p');
const prores = codec('prores', '-c:v', 'prores_ks', '-profile:v', '0', '-pix_fmt', 'yuv422p10le');

const aac = codec('aac', '-c:a', 'aac', '-b:a', '160k');
const aac51 = codec('aac', '-c:a', 'aac', '-b:a', '448k');
const ac3 = codec('ac3', '-c:a', 'ac3', '-b:a', '448k');
const ac3Stereo = codec('ac3', '-c:a', 'ac3', '-b:a', '192k');
const eac3 = codec('eac3', '-c:a', 'eac3', '-b:a', '448k');
const dts = codec('dts', '-c:a', 'dca', '-strict', '-2', '-b:a', '1411k');
const truehd = codec('truehd', '-c:a', 'truehd', '-strict', '-2');
const flac = codec('flac', '-c:a', 'flac');
const alac = codec('alac', '-c:a', 'alac');
const opus = codec('opus', '-c:a', 'libopus', '-b:a', '128k');
const opus51 = codec('opus', '-c:a', 'libopus', '-b:a', '384k', '-mapping_family', '1');
const vorbis = codec('vorbis', '-c:a', 'libvorbis', '-q:a', '6');
const mp3 = codec('mp3', '-c:a', 'libmp3lame', '-b:a', '192k');
const mp2 = codec('mp2', '-c:a', 'mp2', '-b:a', '256k');
const wma = codec('wmav2', '-c:a', 'wmav2', '-b:a', '192k');
const pcm = (format: string) => codec(`pcm_${format}`, '-c:a', `pcm_${format}`);

const SIDE = { layout: '5.1(side)' } as const;
const BACK = { layout: '5.1' } as const;

/** Container × picture × sound, as strangers' films have them; all of them flash and beep. */
export const MATRIX = {
  'beep-mkv-h264-aac': mkv({ video: h264, audio: aac }),
  'beep-mkv-h264-aac-mono': mkv({ video: h264, audio: aac, layout: 'mono' }),
  'beep-mkv-h264-ac3': mkv({ video: h264, audio: ac3, ...SIDE }),
  'beep-mkv-h264-eac3': mkv({ video: h264, audio: eac3, ...SIDE }),
  'beep-mkv-h264-dts': mkv({ video: h264, audio: dts, ...SIDE }),
  'beep-mkv-h264-truehd': mkv({ video: h264, audio: truehd, ...SIDE }),
  'beep-mkv-h264-flac-7.1': mkv({ video: h264, audio: flac, layout: '7.1' }),
  'beep-mkv-h264-opus-5.1': mkv({ video: h264, audio: opus51, ...BACK }),
  'beep-mkv-h264-vorbis': mkv({ video: h264, audio: vorbis, sampleRate: 44_100 }),
  'beep-mkv-h264-mp3': mkv({ video: h264, audio: mp3, sampleRate: 44_100 }),
  'beep-mkv-h264-pcm24-5.1': mkv({ video: h264, audio: pcm('s24le'), ...BACK }),
  'beep-mkv-h264-10bit-flac': mkv({ video: h26410, audio: flac }),
  'beep-mkv-h264-422-aac-5.1': mkv({ video: h264422, audio: aac51, ...BACK }),
  'beep-mkv-h264-fields-ac3': mkv({ ...FIELDS, video: h264Fields, audio: ac3Stereo }),
  'beep-mkv-hevc-aac-5.1': mkv({ video: hevc, audio: aac51, ...BACK }),
  'beep-mkv-hevc-hdr10-eac3': mkv({ video: hevcHdr10, audio: eac3, ...SIDE }),
  'beep-mkv-hevc-hlg-ac3': mkv({ video: hevcHlg, audio: ac3, ...SIDE }),
  'beep-mkv-mpeg2-fields-ac3': mkv({ ...FIELDS, video: mpeg2Fields, audio: ac3, ...SIDE }),
  'beep-mkv-mpeg4-mp3': mkv({ video: mpeg4, audio: mp3 }),
  'beep-mkv-mjpeg-pcm16': mkv({ video: mjpeg, audio: pcm('s16le'), sampleRate: 32_000 }),
  'beep-mp4-h264-aac': mp4({ video: h264, audio: aac, sampleRate: 44_100 }),
  'beep-mp4-h264-ntsc-mp3': mp4({ picture: NTSC, video: h264, audio: mp3 }),
  'beep-mp4-fragmented-h264-aac-5.1': mp4({
    video: h264,
    audio: aac51,
    ...BACK,
    mux: ['-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  }),
  'beep-mp4-hevc-ac3': mp4({ video: codec('hevc', ...hevc[1], '-tag:v', 'hvc1'), audio: ac3, ...SIDE }),
  'beep-mp4-av1-opus': mp4({ video: av1, audio: opus }),
  'beep-mp4-h264-alac': mp4({ video: h264, audio: alac }),
  'beep-mp4-mpeg4-aac': mp4({ video: mpeg4, audio: aac }),
  'beep-mov-prores-pcm24be': mov({ video: prores, audio: pcm('s24be') }),
  'beep-mov-h264-pcm16be': mov({ video: h264, audio: pcm('s16be') }),
  'beep-mov-mjpeg-alaw': mov({ video: mjpeg, audio: pcm('alaw'), sampleRate: 44_100 }),
  'beep-webm-vp8-vorbis': webm({ video: vp8, audio: vorbis }),
  'beep-webm-vp9-opus': webm({ video: vp9, audio: opus }),
  'beep-webm-vp9-10bit-opus-5.1': webm({ video: vp9Ten, audio: opus51, ...BACK }),
  'beep-webm-av1-opus': webm({ video: av1, audio: opus }),
  'beep-ts-h264-aac': ts({ video: h264, audio: aac }),
  'beep-ts-h264-fields-ac3': ts({ ...FIELDS, video: h264Fields, audio: ac3, ...SIDE }),
  'beep-ts-mpeg2-fields-mp2': ts({ ...FIELDS, video: mpeg2Fields, audio: mp2 }),
  'beep-ts-hevc-eac3': ts({ video: hevc, audio: eac3, ...SIDE }),
  'beep-m2ts-h264-dts': film({
    extension: '.m2ts',
    container: 'mpegts',
    video: h264,
    audio: dts,
    ...SIDE,
    mux: ['-f', 'mpegts', '-mpegts_m2ts_mode', '1'],
  }),
  'beep-avi-xvid-mp3': avi({ video: xvid, audio: mp3 }),
  'beep-avi-xvid-ac3': avi({ video: xvid, audio: ac3, ...SIDE }),
  'beep-avi-mjpeg-pcm16': avi({ video: mjpeg, audio: pcm('s16le') }),
  'beep-flv-h264-aac': film({ extension: '.flv', video: h264, audio: aac }),
  'beep-flv-flv1-mp3': film({
    extension: '.flv',
    video: codec('flv1', '-c:v', 'flv', '-q:v', '3', '-g', '48'),
    audio: mp3,
    sampleRate: 44_100,
  }),
  'beep-mpg-mpeg2-mp2': film({ extension: '.mpg', picture: PAL, video: mpeg2, audio: mp2 }),
  'beep-vob-mpeg2-fields-ac3': film({
    extension: '.vob',
    ...FIELDS,
    video: mpeg2Fields,
    audio: ac3,
    ...SIDE,
  }),
  'beep-mpg-mpeg1-mp2': film({ extension: '.mpg', picture: PAL, video: mpeg1, audio: mp2 }),
  'beep-wmv-wmv2-wma': film({
    extension: '.wmv',
    video: codec('wmv2', '-c:v', 'wmv2', '-q:v', '3', '-g', '48'),
    audio: wma,
    sampleRate: 44_100,
  }),
  'beep-ogv-theora-vorbis': film({
    extension: '.ogv',
    video: codec('theora', '-c:v', 'libtheora', '-q:v', '7', '-g', '48'),
    audio: vorbis,
  }),
  /** A phone held upright: coded lying on its side, shown turned by 90° clockwise. */
  'beep-mp4-rotated-mpeg4-aac': mp4({
    after: ',transpose=2',
    video: mpeg4,
    audio: aac,
    edits: [{ kind: 'rotate', degrees: 90 }],
  }),
  'beep-mp4-rotated-h264-aac': mp4({
    after: ',transpose=2',
    video: h264,
    audio: aac,
    edits: [{ kind: 'rotate', degrees: 90 }],
  }),
  /** Pixels are 4:3 wide. */
  'beep-avi-anamorphic-mpeg4-ac3': avi({
    picture: { ...FILM, width: 240 },
    after: ',setsar=4/3',
    video: mpeg4,
    audio: ac3Stereo,
  }),
} satisfies Record<string, MatrixCase>;
