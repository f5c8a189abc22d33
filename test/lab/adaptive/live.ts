import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, watch } from 'node:fs/promises';
import { join } from 'node:path';
import { film } from '../media/index.ts';

/** A live stream that ffmpeg makes in real time, of a film over and over: a window of a few segments that slides. */
export interface Live {
  /** Name of its playlist. */
  playlist: string;
  /** Ends the stream as its sender would: the playlist says so. */
  end(): Promise<void>;
}

const FIRST_SEGMENTS = 4;
const BOUND_MS = 60_000;

/** Begins a stream in a folder. Resolves when its window has some segments. */
export async function startLive(folder: string): Promise<Live> {
  await mkdir(folder, { recursive: true });
  const playlist = join(folder, 'live.m3u8');
  const changes = watch(folder, { signal: AbortSignal.timeout(BOUND_MS) });
  const sender = spawn(
    process.env.RAFFI_FFMPEG_BIN ?? 'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-re', '-stream_loop', '-1', '-i', await film('gop2-mkv'), '-c', 'copy'],
      ...[
        '-f',
        'hls',
        '-hls_time',
        '2',
        '-hls_list_size',
        '8',
        '-hls_flags',
        'delete_segments+temp_file',
        playlist,
      ],
    ],
    { stdio: 'ignore' },
  );
  const ended = once(sender, 'close');
  for await (const _ of changes) {
    const text = await readFile(playlist, 'utf8').catch(() => '');
    if (text.split('#EXTINF').length > FIRST_SEGMENTS) break;
    if (sender.exitCode !== null) throw new Error('ffmpeg cannot make a live stream');
  }
  return {
    playlist: 'live.m3u8',
    end: async () => {
      sender.kill('SIGINT');
      await ended;
    },
  };
}
