import { expect, test } from 'vitest';
import { RaffiError } from '../errors.ts';
import type { Session } from '../session/types.ts';
import { prepareSegments } from './prepare-segments.ts';

const SEGMENTS = 6;
const signal = new AbortController().signal;
const encoder = new TextEncoder();

function mediaPlaylist(uri: (index: number) => string): string {
  const segments = Array.from({ length: SEGMENTS }, (_, index) => `#EXTINF:4.000,\n${uri(index)}`);
  return ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...segments, '#EXT-X-ENDLIST', ''].join('\n');
}

/** A session that notes what is asked of it. */
function asked(more: Partial<Session> = {}) {
  const names: string[] = [];
  const segment = (name: string) => {
    names.push(name);
    return Promise.resolve({ parts: [new Uint8Array(1)], contentType: 'video/mp4' });
  };
  const session = {
    streamPlaylist: async () => ({ text: mediaPlaylist((n) => `/sessions/s/stream/s0a0-${n}.ts`) }),
    transportSegment: segment,
    masterPlaylist: async () =>
      [
        '#EXTM3U',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="a",DEFAULT=YES,URI="/sessions/s/hls/a1/playlist.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="audio"',
        '/sessions/s/hls/v0/playlist.m3u8',
        '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="audio"',
        '/sessions/s/hls/v480/playlist.m3u8',
      ].join('\n'),
    renditionAsset: async (rendition: string, asset: string) => {
      if (asset !== 'playlist.m3u8') return segment(`${rendition}/${asset}`);
      const text = mediaPlaylist((n) => `/sessions/s/hls/${rendition}/${n}.m4s`);
      return { parts: [encoder.encode(text)], contentType: 'application/vnd.apple.mpegurl' };
    },
    ...more,
  } as unknown as Session;
  return { names, session };
}

test.each([
  [0, [0, 1, 2]],
  [3.99, [0, 1, 2]],
  [4, [1, 2, 3]],
  [19, [4, 5]],
  [1000, [5]],
])('from %d s on it is segments %j', async (seconds, wanted) => {
  const { names, session } = asked();
  await prepareSegments(session, 'mpegts', seconds, signal);
  expect(names).toEqual(wanted.map((n) => `s0a0-${n}.ts`));
});

test('of renditions the best picture and the sound that plays', async () => {
  const { names, session } = asked();
  await prepareSegments(session, 'cmaf', 9, signal);
  const wanted = [2, 3, 4].flatMap((n) => [`a1/${n}.m4s`, `v0/${n}.m4s`]);
  expect(names.toSorted()).toEqual(wanted.toSorted());
});

test('what takes longer than a request waits is asked for again, what fails is not', async () => {
  let tries = 0;
  const waiting = async () => {
    tries += 1;
    if (tries < 3) throw new RaffiError('wait_exceeded', 'Not ready.');
    return { parts: [], contentType: 'video/mp2t' };
  };
  await prepareSegments(asked({ transportSegment: waiting }).session, 'mpegts', 20, signal);
  expect(tries).toBe(3);
  const failing = () => Promise.reject(new RaffiError('source_gone', 'Gone.'));
  const { session } = asked({ transportSegment: failing });
  await expect(prepareSegments(session, 'mpegts', 0, signal)).rejects.toMatchObject({ code: 'source_gone' });
});

test('is over when nobody waits for it', async () => {
  const leaving = new AbortController();
  const waiting = () => {
    leaving.abort(new RaffiError('aborted', 'ended'));
    return Promise.reject(new RaffiError('wait_exceeded', 'Not ready.'));
  };
  const { session } = asked({ transportSegment: waiting });
  await expect(prepareSegments(session, 'mpegts', 0, leaving.signal)).rejects.toMatchObject({
    code: 'aborted',
  });
});
