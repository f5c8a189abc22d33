import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

/** What came of playing. */
export interface Played {
  exitCode: number | null;
  /** Lines of warnings and errors. */
  complaints: string[];
  /** Film time where it ended, seconds. */
  endedAt: number;
}

/**
 * Plays a stretch of a URL in mpv as fast as it decodes, without a screen and a loudspeaker. That the picture then runs away from the
 * sound is said as a warning by mpv's player proper (`cplayer`), and not heard.
 */
export async function runMpv(url: string, stretch: { start: number; seconds: number }): Promise<Played> {
  const child = spawn(
    'mpv',
    [
      ...[
        '--no-config',
        '--vo=null',
        '--ao=null',
        '--ao-null-untimed',
        '--untimed',
        '--no-audio-display',
        '--hwdec=no',
      ],
      ...[
        '--load-scripts=no',
        '--msg-level=all=warn,cplayer=error,statusline=status',
        `--length=${stretch.seconds}`,
      ],
      ...(stretch.start > 0 ? [`--start=${stretch.start}`] : []),
      ...['--term-status-msg=at $' + '{=time-pos}', url],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const lines = stripVTControlCharacters(said)
    .split(/[\r\n]+/)
    .map((line) => line.trim());
  const places = lines.flatMap((line) => /^at ([\d.]+)/.exec(line)?.[1] ?? []);
  return {
    exitCode,
    complaints: lines.filter((line) => line !== '' && !line.startsWith('at ')),
    endedAt: Number(places.at(-1)),
  };
}
