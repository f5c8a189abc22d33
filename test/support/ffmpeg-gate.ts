import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FfmpegTools } from '../../src/ffmpeg/tools.ts';

/** An ffmpeg that writes down each encoder it becomes, and can be held back. */
export interface FfmpegGate {
  /** For `RAFFI_FFMPEG_BIN`. */
  path: string;
  /** Encoders started so far, by what they make. */
  starts(): Promise<Record<'video' | 'audio', number>>;
  /** Encoders that start from now on do nothing until `open()`. */
  close(): Promise<void>;
  open(): Promise<void>;
  dispose(): Promise<void>;
}

export async function ffmpegGate(): Promise<FfmpegGate> {
  const ffmpeg = await realFfmpeg();
  const folder = await mkdtemp(join(tmpdir(), 'raffi-ffmpeg-'));
  const [path, starts, closed] = ['ffmpeg', 'starts', 'closed'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(starts, '');
  const script = `#!/bin/sh
case " $* " in
  *" -c:v "*) echo video >> '${starts}';;
  *" -c:a "*) echo audio >> '${starts}';;
  *) exec '${ffmpeg}' "$@";;
esac
while [ -e '${closed}' ]; do sleep 0.05; done
exec '${ffmpeg}' "$@"
`;
  await writeFile(path, script, { mode: 0o755 });
  return {
    path,
    starts: async () => {
      const lines = (await readFile(starts, 'utf8')).split('\n');
      const count = (kind: string) => lines.filter((line) => line === kind).length;
      return { video: count('video'), audio: count('audio') };
    },
    close: () => writeFile(closed, ''),
    open: () => rm(closed, { force: true }),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The one that the app would take by itself. */
export async function realFfmpeg(): Promise<string> {
  const tools = new FfmpegTools();
  try {
    return await tools.ffmpeg();
  } finally {
    await tools.stop();
  }
}
