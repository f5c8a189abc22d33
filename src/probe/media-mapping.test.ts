import { describe, expect, it } from 'vitest';
import { type Json, MATROSKA, parse, video } from './testing/ffprobe-answer.fixture.ts';

const audio = (more: Json = {}): Json => ({ codec_type: 'audio', codec_name: 'aac', channels: 2, ...more });
const subtitle = (more: Json = {}): Json => ({ codec_type: 'subtitle', codec_name: 'subrip', ...more });

describe('streams', () => {
  it('positions count only real streams of the kind', () => {
    const media = parse([
      video({ codec_name: 'mjpeg', disposition: { attached_pic: 1 } }),
      audio(),
      video(),
      { codec_type: 'data' },
      {},
      subtitle(),
      audio(),
    ]);
    expect(media.video).toMatchObject([{ position: 0, streamIndex: 2, codec: 'hevc' }]);
    expect(media.audio.map(({ position, streamIndex }) => [position, streamIndex])).toEqual([
      [0, 1],
      [1, 6],
    ]);
    expect(media.subtitles).toMatchObject([{ position: 0, streamIndex: 5 }]);
  });

  it('takes an unmarked picture in a music file for cover art, but MJPEG in a film for film', () => {
    const picture = video({ codec_name: 'mjpeg' });
    const format = (format_name: string) => ({ format: { format_name } });
    expect(parse([audio(), picture], format('flac')).video).toEqual([]);
    expect(parse([audio(), picture], format('mov,mp4,m4a,3gp,3g2,mj2')).video).toHaveLength(1);
    expect(parse([audio(), picture], format('avi')).video).toHaveLength(1);
  });

  it('knows that a container without presentation times shows its first picture after it began to decode', () => {
    const reordered = video({ has_b_frames: 2, avg_frame_rate: '25/1', start_time: '0.000000' });
    const begins = (format_name: string) =>
      parse([reordered], { format: { ...MATROSKA, format_name } }).video[0]?.startSeconds;
    expect(begins('avi')).toBeCloseTo(0.08);
    expect(begins('mov,mp4,m4a,3gp,3g2,mj2')).toBe(0);
  });

  it('takes an unmarked picture beside a film for cover art, even when it comes first', () => {
    const streams = [video({ codec_name: 'mjpeg' }), video(), audio()];
    const media = parse(streams, { format: { format_name: 'matroska,webm' } });
    expect(media.video).toMatchObject([{ position: 0, streamIndex: 1, codec: 'hevc' }]);
  });

  it.each([
    [{ bits_per_raw_sample: '10', pix_fmt: 'yuv420p' }, 10],
    [{ bits_per_raw_sample: '0', pix_fmt: 'yuv420p10le' }, 10],
    [{ bits_per_raw_sample: 'N/A', pix_fmt: 'yuv444p12be' }, 12],
    [{ pix_fmt: 'p010le' }, 10],
    [{ pix_fmt: 'p016le' }, 16],
    [{ pix_fmt: 'gbrp14le' }, 14],
    [{ pix_fmt: 'gray10le' }, 10],
    [{ pix_fmt: 'x2rgb10le' }, 10],
    [{ pix_fmt: 'xv30le' }, 10],
    [{ pix_fmt: 'y210le' }, 10],
    [{ pix_fmt: 'yuv420p' }, 8],
    [{ pix_fmt: 'yuv410p' }, 8],
    [{ pix_fmt: 'nv12' }, 8],
    [{ pix_fmt: 'rgb24' }, 8],
    [{}, 8],
  ])('bit depth of %o is %d', (stream, depth) => {
    expect(parse([video(stream)]).video[0]?.bitDepth).toBe(depth);
  });

  it.each([
    [{ color_transfer: 'smpte2084' }, 'hdr10'],
    [{ color_transfer: 'arib-std-b67' }, 'hlg'],
    [
      { color_transfer: 'smpte2084', side_data_list: [{ side_data_type: 'DOVI configuration record' }] },
      'dolby-vision',
    ],
    [{ codec_tag_string: 'dvh1' }, 'dolby-vision'],
    [{ color_transfer: 'bt709', side_data_list: [{ side_data_type: 'Content light level metadata' }] }, null],
    [{}, null],
  ])('HDR of %o is %s', (stream, hdr) => {
    expect(parse([video(stream)]).video[0]?.hdr).toBe(hdr);
  });

  it.each([
    [{ side_data_list: [{ side_data_type: 'Display Matrix', rotation: -90 }], tags: { rotate: '90' } }, 90],
    [{ side_data_list: [{ rotation: 90 }] }, 270],
    [{ side_data_list: [{ rotation: -180 }] }, 180],
    [{ side_data_list: [{ rotation: 0 }] }, 0],
    [{ side_data_list: [{ rotation: -88.7 }] }, 90],
    [{ tags: { rotate: '270' } }, 270],
    [{ tags: { ROTATE: '-90' } }, 270],
    [{ tags: { rotate: 'sideways' } }, 0],
  ])('rotation of %o is %d', (stream, degrees) => {
    expect(parse([video(stream)]).video[0]?.rotationDegrees).toBe(degrees);
  });

  it.each([
    [{ duration: '5.5', tags: { DURATION: '00:01:02.345000000' } }, 5.5],
    [{ tags: { DURATION: '00:01:02.345000000' } }, 62.345],
    [{ tags: { 'DURATION-eng': '10:00:00.5' } }, 36_000.5],
    [{ tags: { DURATION: 'soon' } }, null],
    [{ duration: 'N/A' }, null],
    [{ duration: '0.000000' }, null],
    [{}, null],
  ])('duration of %o is %s', (stream, seconds) => {
    expect(parse([audio(stream)]).audio[0]?.durationSeconds).toBe(seconds);
  });

  it('leaves out what the file does not say', () => {
    expect(
      parse([video({ level: -99, profile: 'unknown', r_frame_rate: '90000/1', avg_frame_rate: '0/0' })])
        .video[0],
    ).toEqual({
      position: 0,
      streamIndex: 0,
      codec: 'hevc',
      profile: null,
      language: null,
      title: null,
      isDefault: false,
      isForced: false,
      startSeconds: null,
      durationSeconds: null,
      bitRate: null,
      width: 16,
      height: 16,
      frameRate: null,
      baseFrameRate: 90_000,
      pixelFormat: null,
      bitDepth: 8,
      level: null,
      reorderDepth: 0,
      isInterlaced: false,
      rotationDegrees: 0,
      sampleAspectRatio: null,
      colorTransfer: null,
      hdr: null,
    });
  });

  it('tells text subtitles from pictures', () => {
    const codecs = [
      'subrip',
      'ass',
      'webvtt',
      'mov_text',
      'hdmv_pgs_subtitle',
      'dvd_subtitle',
      'dvb_subtitle',
      'xsub',
    ];
    const { subtitles } = parse(codecs.map((codec_name) => subtitle({ codec_name })));
    expect(subtitles.map(({ isText }) => isText)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('reads language, rate and field order', () => {
    const media = parse([
      video({ field_order: 'tt', tags: { language: 'GER', BPS: '5000' } }),
      audio({ tags: { LANGUAGE: 'und', title: '  ' }, bit_rate: '192000' }),
    ]);
    expect(media.video).toMatchObject([{ isInterlaced: true, language: 'ger', bitRate: 5000 }]);
    expect(media.audio).toMatchObject([{ language: null, title: null, bitRate: 192_000 }]);
  });
});

describe('chapters', () => {
  const chapter = (start: number | string, end: number | string, title?: string): Json => ({
    id: 1,
    start_time: String(start),
    end_time: String(end),
    ...(title === undefined ? {} : { tags: { title } }),
  });

  it('moves them onto the film clock: time 0 is the first video frame, not the container’s start', () => {
    const chapters = [chapter(10, 40, 'Two'), chapter(0, 10, 'One')];
    const media = parse([audio({ start_time: '1.0' }), video({ start_time: '1.5' })], {
      format: { ...MATROSKA, start_time: '1.0' },
      chapters,
    });
    expect(media.startSeconds).toBe(1);
    expect(media.chapters).toEqual([
      { startSeconds: 0, endSeconds: 8.5, title: 'One' },
      { startSeconds: 8.5, endSeconds: 38.5, title: 'Two' },
    ]);
  });

  it('without video, time 0 is the first audio packet', () => {
    expect(parse([audio({ start_time: '2' })], { chapters: [chapter(5, 6, '')] }).chapters).toEqual([
      { startSeconds: 3, endSeconds: 4, title: 'Chapter 1' },
    ]);
  });

  it('drops those that end before the film or have no time', () => {
    const chapters = [
      chapter(0, 1, 'before'),
      chapter('N/A', 9, 'nowhere'),
      chapter(9, 3, 'backwards'),
      chapter(3, 9, 'x'),
    ];
    expect(parse([video({ start_time: '2' })], { chapters }).chapters).toMatchObject([
      { title: 'x', startSeconds: 1 },
    ]);
  });
});
