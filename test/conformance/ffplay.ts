import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What came of playing. */
export interface Played {
  /** Null when it was killed: it did not end within the bound. */
  exitCode: number | null;
  /** Lines of warnings and errors. */
  complaints: string[];
  /** Presentation times of the pictures it decoded, as they went to the screen, seconds. */
  pictureSeconds: number[];
  /** Blocks of sound that it decoded. */
  soundBlocks: number;
}

const BOUND_MS = 50_000;
/** SDL's own stand-ins: nothing is seen or heard, everything is played. */
const NO_DEVICES = { SDL_VIDEODRIVER: 'dummy', SDL_AUDIODRIVER: 'dummy' };

/** Plays a stretch of a URL in ffplay, which takes as long as the stretch: it shows each picture when its time has come. */
export async function runFfplay(url: string, stretch: { start: number; seconds: number }): Promise<Played> {
  const child = spawn(
    'ffplay',
    [
      ...['-hide_banner', '-nostats', '-autoexit', '-noframedrop', '-loglevel', 'repeat+level+info'],
      ...(stretch.start > 0 ? ['-ss', String(stretch.start)] : []),
      ...['-t', String(stretch.seconds), '-vf', 'showinfo', '-af', 'ashowinfo', url],
    ],
    {
      env: { ...process.env, ...NO_DEVICES },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: BOUND_MS,
      killSignal: 'SIGKILL',
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [exitCode] = (await once(child, 'close').catch((cause: unknown) => {
    throw new Error('ffplay cannot be run. Type: npm run setup -- --tests', { cause });
  })) as [number | null];
  const lines = said.split('\n');
  const frames = (filter: string) => lines.filter((line) => line.includes(`[Parsed_${filter}_0 `));
  return {
    exitCode,
    complaints: lines.filter((line) => /\[(warning|error|fatal|panic)\]/.test(line) && !isOfTheDevices(line)),
    pictureSeconds: frames('showinfo')
      .flatMap((line) => / n: *\d+ .*pts_time:([-\d.]+)/.exec(line)?.[1] ?? [])
      .map(Number),
    soundBlocks: frames('ashowinfo').filter((line) => / n:\d+ /.test(line)).length,
  };
}

/** SDL falls back on drawing in software. */
function isOfTheDevices(line: string): boolean {
  return line.includes('hardware accelerated renderer');
}
