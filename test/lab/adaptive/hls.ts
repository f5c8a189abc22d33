import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FilmName, film } from '../media/index.ts';
import { mustFfmpeg } from '../tools.ts';

/** The ways that an HLS presentation may be cut and packed, each made by ffmpeg of a named film, without encoding. */
export type HlsKind = 'ts' | 'fmp4' | 'byte-ranges' | 'aes-128' | 'audio-group' | 'discontinuity';

const SEGMENT_SECONDS = 4;
const MASTER = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",URI="stream_1.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="L'allemand",LANGUAGE="de",DEFAULT=YES,AUTOSELECT=YES,URI="stream_2.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS="hvc1.2.4.L153.B0,ec-3",AUDIO="surround",RESOLUTION=3840x2160
absent.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1000000,CODECS="avc1.64001f,mp4a.40.2",AUDIO="sound"
stream_0.m3u8
`;
const KEY = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

/** Makes a presentation in a folder of its own. @returns the name of the playlist to open */
export async function makeHls(folder: string, kind: HlsKind, name: FilmName): Promise<string> {
  await mkdir(folder, { recursive: true });
  const source = await film(name);
  const hls = (playlist: string, more: string[], input: string[] = ['-i', source]) =>
    mustFfmpeg([
      ...['-v', 'error', '-y', ...input, '-c', 'copy', '-f', 'hls', '-hls_playlist_type', 'vod'],
      ...['-hls_time', String(SEGMENT_SECONDS), ...more, join(folder, playlist)],
    ]);
  const fmp4 = ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init.mp4'];
  switch (kind) {
    case 'ts':
      await hls('index.m3u8', ['-hls_segment_filename', join(folder, 'part%d.ts')]);
      return 'index.m3u8';
    case 'fmp4':
      await hls('index.m3u8', [...fmp4, '-hls_segment_filename', join(folder, 'part%d.m4s')]);
      return 'index.m3u8';
    case 'byte-ranges':
      await hls('index.m3u8', ['-hls_flags', 'single_file', '-hls_segment_filename', join(folder, 'all.ts')]);
      return 'index.m3u8';
    case 'aes-128': {
      const keyInfo = join(folder, 'key-info');
      await writeFile(join(folder, 'film.key'), KEY);
      // The address that the playlist names, where ffmpeg finds the key, and no IV: the segments' numbers are it.
      await writeFile(keyInfo, `film.key\n${join(folder, 'film.key')}\n`);
      await hls('index.m3u8', [
        '-hls_key_info_file',
        keyInfo,
        '-hls_segment_filename',
        join(folder, 'part%d.ts'),
      ]);
      return 'index.m3u8';
    }
    case 'audio-group':
      // Picture apart from two tracks of sound, in fragments.
      await mustFfmpeg([
        ...[
          '-v',
          'error',
          '-y',
          '-i',
          source,
          '-map',
          '0:v:0',
          '-map',
          '0:a:0',
          '-map',
          '0:a:1',
          '-c',
          'copy',
        ],
        ...['-f', 'hls', '-hls_playlist_type', 'vod', '-hls_time', String(SEGMENT_SECONDS)],
        ...['-hls_segment_type', 'fmp4'],
        ...[
          '-var_stream_map',
          'v:0,agroup:sound a:0,agroup:sound,default:yes,language:eng a:1,agroup:sound,language:deu',
        ],
        join(folder, 'stream_%v.m3u8'),
      ]);
      // ffmpeg writes no variant where it does not know its rate.
      await writeFile(join(folder, 'master.m3u8'), MASTER);
      return 'master.m3u8';
    case 'discontinuity': {
      // The film twice: the clock starts anew in the middle.
      await hls('index.m3u8', ['-hls_segment_filename', join(folder, 'part%d.ts')]);
      const text = await readFile(join(folder, 'index.m3u8'), 'utf8');
      const segments = /(#EXTINF[\s\S]*)#EXT-X-ENDLIST/.exec(text)?.[1] ?? '';
      await writeFile(
        join(folder, 'index.m3u8'),
        text.replace('#EXT-X-ENDLIST', `#EXT-X-DISCONTINUITY\n${segments}#EXT-X-ENDLIST`),
      );
      return 'index.m3u8';
    }
  }
}
