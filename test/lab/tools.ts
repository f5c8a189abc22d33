import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** What a finished tool run left. */
export interface ToolResult {
  stdout: Buffer;
  /** Everything the tool said; at `-v error` every line is a complaint. */
  stderr: string;
  exitCode: number;
}

export interface ToolOptions {
  /** Fed to stdin; absent: stdin is empty. */
  input?: Uint8Array;
  signal?: AbortSignal;
}

/** ffmpeg for making and judging films: of the environment, else of `PATH`, else of npm. */
export function ffmpeg(args: readonly string[], options?: ToolOptions): Promise<ToolResult> {
  return run('ffmpeg', ['-hide_banner', '-nostdin', ...args], options);
}

/** ffprobe, found like `ffmpeg`. */
export function ffprobe(args: readonly string[], options?: ToolOptions): Promise<ToolResult> {
  return run('ffprobe', ['-hide_banner', ...args], options);
}

/** Like `ffmpeg`, but a failure is an error that carries what ffmpeg said. */
export async function mustFfmpeg(args: readonly string[], options?: ToolOptions): Promise<Buffer> {
  return checked('ffmpeg', args, await ffmpeg(args, options));
}

/** Like `ffprobe`, but a failure is an error. */
export async function mustFfprobe(args: readonly string[], options?: ToolOptions): Promise<Buffer> {
  return checked('ffprobe', args, await ffprobe(args, options));
}

let version: Promise<string> | null = null;

/** The first line of `ffmpeg -version`: films of different builds are not the same films. */
export function ffmpegVersion(): Promise<string> {
  version ??= mustFfmpeg(['-version']).then((out) => out.toString().split('\n', 1)[0] ?? '');
  return version;
}

function checked(tool: string, args: readonly string[], result: ToolResult): Buffer {
  if (result.exitCode === 0) return result.stdout;
  throw new Error(`${tool} ${args.join(' ')}\nended with ${result.exitCode}:\n${result.stderr.slice(-2000)}`);
}

async function run(tool: Tool, args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
  for (const candidate of candidates(tool)) {
    const result = await runBinary(candidate, args, options);
    if (result !== null) return result;
  }
  throw new Error(`${tool} is not installed: run \`npm run setup\`, or set RAFFI_${tool.toUpperCase()}_BIN.`);
}

type Tool = 'ffmpeg' | 'ffprobe';

/** Null when there is no such binary. */
function runBinary(
  binary: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolResult | null> {
  return new Promise((resolve, reject) => {
    const stdio = [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const;
    const child = spawn(binary, args, {
      stdio: [...stdio],
      ...(options.signal && { signal: options.signal }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve(null) : reject(error),
    );
    child.once('close', (code) =>
      resolve({
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
        exitCode: code ?? -1,
      }),
    );
    // A tool may stop reading before the input's end (EPIPE): its exit code and words tell why.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input);
  });
}

function candidates(tool: Tool): string[] {
  const named = process.env[`RAFFI_${tool.toUpperCase()}_BIN`];
  return [named, tool, npmBinary(tool)].filter(
    (path): path is string => typeof path === 'string' && path !== '',
  );
}

function npmBinary(tool: Tool): string | null {
  try {
    const found: unknown = createRequire(import.meta.url)(`${tool}-static`);
    if (typeof found === 'string') return found;
    return (found as { path?: string }).path ?? null;
  } catch {
    return null;
  }
}
