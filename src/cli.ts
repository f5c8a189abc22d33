import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { loadConfig } from './config.ts';
import { RaffiError, toRaffiError } from './errors.ts';
import { parseSessionRequest } from './http/input/session-request.ts';
import { type Core, createCore } from './index.ts';
import { createLog } from './log.ts';
import type { SessionRequest, SessionView } from './session/types.ts';
import { isMagnetLike } from './torrent/magnet.ts';

const USAGE = `Usage: npm run core [-- SOURCE]

Runs the streaming core without a window. SOURCE is the http(s) URL or the path of a film, a magnet link or a
.torrent file to open at once.
The environment sets it up: RAFFI_SERVER_ADDR, RAFFI_CACHE_DIR, RAFFI_CACHE_BYTES, RAFFI_LOG, RAFFI_ALLOWED_ORIGINS,
RAFFI_CAST_HOST, RAFFI_FFMPEG_BIN, RAFFI_FFPROBE_BIN, RAFFI_TORRENT_ADDR, RAFFI_TORRENT_FEATURES and the others that the README lists.
`;

/** A stop that takes longer has met something that does not let go. */
const STOP_LIMIT_MS = 2_000;

await run(process.argv.slice(2));

/** Exit code 0 after SIGINT or SIGTERM, 1 when the core cannot start or the source is refused. */
async function run(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    say(USAGE);
    return;
  }
  let core: Core | undefined;
  try {
    const request = requestOf(args);
    const config = loadConfig(process.env, { logLevel: 'warn' });
    core = createCore(config);
    const stopped = stopOnSignal(core);
    const { baseUrl } = await core.start();
    say(`Raffi's streaming core runs at ${baseUrl}\n`);
    if (request === null) say(hint(baseUrl));
    else await openAndDescribe(core, baseUrl, request);
    say('Press Ctrl+C to stop it.\n');
    await stopped;
  } catch (thrown) {
    fail(thrown);
    await core?.stop();
  }
}

/**
 * Ends the core on SIGINT or SIGTERM. One Ctrl+C arrives several times (from the terminal, and handed on by npm, tsx and the start
 * script): the later ones must not cut the cleaning up short, which is bounded anyway.
 */
function stopOnSignal(core: Core): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const stop = () => {
      if (stopping) return;
      stopping = true;
      setTimeout(() => process.exit(), STOP_LIMIT_MS).unref();
      core.stop().then(resolve, reject);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  });
}

/** Throws `source_refused`, `source_not_found` or `bad_torrent` for what cannot be opened: before the core starts. */
function requestOf(args: readonly string[]): SessionRequest | null {
  const [source, ...more] = args;
  if (source === undefined) return null;
  if (more.length > 0 || source.startsWith('-')) {
    throw new RaffiError('source_refused', `Give one URL or path, and no option.\n\n${USAGE}`);
  }
  const isLink = /^[a-z][a-z0-9+.-]+:/i.test(source) || isMagnetLike(source);
  if (isLink && !fs.existsSync(source)) return parseSessionRequest({ source });
  // npm runs scripts in the project's folder; the person meant the one they were in.
  const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), source);
  if (fs.existsSync(file)) return { source: file, kind: /\.torrent$/i.test(file) ? 'torrent' : 'file' };
  throw new RaffiError('source_not_found', `There is no file ${JSON.stringify(source)}. Check the path.`);
}

async function openAndDescribe(core: Core, baseUrl: string, request: SessionRequest): Promise<void> {
  const { sessionId, name } = await core.open(request);
  const session = `${baseUrl}/sessions/${sessionId}`;
  say(
    `${name}\n` +
      `  HLS (fMP4)     ${session}/master.m3u8\n` +
      `  HLS (MPEG-TS)  ${session}/stream\n` +
      `  as it is       ${session}/direct\n` +
      `  what it is     ${session}\n`,
  );
  const view = (await (await fetch(session)).json()) as SessionView;
  if (view.error) say(`It cannot be played: ${view.error.detail}\n`);
  else if (view.durationSeconds !== undefined) say(`It lasts ${clock(view.durationSeconds)}.\n`);
}

function hint(baseUrl: string): string {
  const curl = `curl -d '{"source":"https://example.com/film.mkv"}' ${baseUrl}/sessions`;
  return `Open a film with:\n  ${curl}\nand give ${baseUrl}/sessions/<id>/master.m3u8 to a player.\n`;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function fail(thrown: unknown): void {
  const error = toRaffiError(thrown);
  if (error.code === 'internal') createLog('error').error({ err: thrown }, 'the core failed');
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(text);
}
