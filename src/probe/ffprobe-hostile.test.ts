import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RaffiError } from '../errors.ts';
import { parseOutput } from './ffprobe.ts';
import { type Json, parse, video } from './testing/ffprobe-answer.fixture.ts';

describe('hostile answers', () => {
  const failsCleanly = (text: string) => {
    try {
      const media = parseOutput(text);
      expect(Array.isArray(media.video)).toBe(true);
      for (const { startSeconds, endSeconds } of media.chapters) {
        expect(startSeconds).toBeGreaterThanOrEqual(0);
        expect(endSeconds).toBeGreaterThanOrEqual(startSeconds);
      }
      for (const { durationSeconds } of [media, ...media.video, ...media.audio]) {
        expect(durationSeconds === null || (Number.isFinite(durationSeconds) && durationSeconds > 0)).toBe(
          true,
        );
      }
    } catch (error) {
      if (!(error instanceof RaffiError)) throw error;
      expect(error.code).toBe('probe_failed');
    }
  };

  it.each(['', '{', 'null', '[]', '{}', '{"streams":{}}', '{"format":{}}', '{"format":{"format_name":7}}'])(
    'refuses %s',
    (text) => {
      expect(() => parseOutput(text)).toThrow(expect.objectContaining({ code: 'probe_failed' }));
    },
  );

  it('refuses a known member of another type, and drops unknown ones', () => {
    expect(() => parse([video({ width: '16' })])).toThrow(/streams\.0\.width/);
    expect(() => parse([video({ tags: { title: { toString: 'x' } } })])).toThrow(RaffiError);
    expect(parse([video({ brand_new: { deep: [1] } })], { programs: [], x: 1 }).video).toHaveLength(1);
  });

  it('is not poisoned by names of the language', () => {
    const media = parseOutput(
      `{"streams":[{"index":0,"codec_type":"audio","tags":{"__proto__":"a","constructor":"b","title":"t"},"disposition":{"__proto__":1}}],"format":{"format_name":"ogg"}}`,
    );
    expect(media.audio).toMatchObject([{ title: 't', isDefault: false }]);
    expect(({} as Json).polluted).toBeUndefined();
  });

  it('survives any JSON', () => {
    fc.assert(fc.property(fc.json(), failsCleanly));
  });

  it('survives any values in known places', () => {
    const value = fc.oneof(
      fc.constantFrom('N/A', '0/0', '1/0', '-1', '1e400', 'NaN', '', '24000/1001', '10:00:00'),
      fc.string(),
      fc.double().map(String),
      fc.double(),
      fc.integer(),
    );
    const names = [
      'codec_name',
      'start_time',
      'duration',
      'bit_rate',
      'r_frame_rate',
      'width',
      'level',
      'pix_fmt',
      'channels',
      'sample_rate',
      'nb_frames',
    ];
    const record = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
    const stream = fc.tuple(
      record,
      fc.constantFrom('video', 'audio', 'subtitle', 'data'),
      fc.dictionary(fc.string(), fc.string()),
    );
    const chapter = fc.record({ start_time: value, end_time: value });
    fc.assert(
      fc.property(
        fc.array(stream),
        fc.array(chapter),
        value,
        value,
        (streams, chapters, start_time, size) => {
          failsCleanly(
            JSON.stringify({
              streams: streams.map(([fields, codec_type, tags], index) => ({
                ...fields,
                index,
                codec_type,
                tags,
              })),
              chapters,
              format: { format_name: 'mov,mp4', start_time, size, duration: '5', bit_rate: '100' },
            }),
          );
        },
      ),
    );
  });
});
