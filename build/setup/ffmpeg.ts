import { createRequire } from 'node:module';
import { aptCommand, aptInstall, mayUseApt } from './apt.ts';
import type { Finding } from './finding.ts';
import { findOnPath, isExecutable, run } from './run.ts';

type Tool = 'ffmpeg' | 'ffprobe';

/** A binary that ran, with the version it reports. */
export interface FoundTool {
  path: string;
  version: string;
  from: 'environment' | 'npm package' | 'PATH';
}

/** Finds ffmpeg and ffprobe in the core's own order (environment, npm package, PATH), or installs them by apt. */
export async function ensureFfmpeg(): Promise<Finding[]> {
  const [ffmpeg, ffprobe] = await Promise.all([findTool('ffmpeg'), findTool('ffprobe')]);
  if (ffmpeg !== null && ffprobe !== null) return [found('ffmpeg', ffmpeg), found('ffprobe', ffprobe)];
  const lacking: Tool[] = [];
  if (ffmpeg === null) lacking.push('ffmpeg');
  if (ffprobe === null) lacking.push('ffprobe');
  const before = new Map<Tool, FoundTool | null>([
    ['ffmpeg', ffmpeg],
    ['ffprobe', ffprobe],
  ]);
  const problem = await installFfmpeg(lacking.join(' and '));
  return Promise.all(
    [...before].map(async ([tool, had]) => {
      if (had !== null) return found(tool, had);
      const now = await findTool(tool);
      return now === null ? missing(tool, problem) : { ...found(tool, now), state: 'installed' as const };
    }),
  );
}

/** The first candidate that exists and runs. */
export async function findTool(tool: Tool): Promise<FoundTool | null> {
  for (const candidate of candidates(tool)) {
    const result = await run(candidate.path, ['-version'], { timeoutMs: 20_000 });
    const version = /^\w+ version (\S+)/.exec(result.stdout)?.[1];
    if (result.ok && version !== undefined) return { ...candidate, version };
  }
  return null;
}

function candidates(tool: Tool): Omit<FoundTool, 'version'>[] {
  const list: Omit<FoundTool, 'version'>[] = [];
  const named = process.env[tool === 'ffmpeg' ? 'RAFFI_FFMPEG_BIN' : 'RAFFI_FFPROBE_BIN'];
  if (named !== undefined && named !== '') list.push({ path: named, from: 'environment' });
  const packaged = npmBinary(tool);
  if (packaged !== null) list.push({ path: packaged, from: 'npm package' });
  const onPath = findOnPath(tool);
  if (onPath !== null) list.push({ path: onPath, from: 'PATH' });
  return list;
}

/** The npm package's binary, if the package is there and its install script could download it. */
export function npmBinary(tool: Tool): string | null {
  try {
    const module: unknown = createRequire(import.meta.url)(`${tool}-static`);
    const path = typeof module === 'object' && module !== null && 'path' in module ? module.path : module;
    return typeof path === 'string' && isExecutable(path) ? path : null;
  } catch {
    // An optional dependency: npm leaves it out when its download fails.
    return null;
  }
}

/** Installs the system's ffmpeg package, which holds ffprobe and ffplay too. Null when it worked or there is no apt to try, else why not. */
export async function installFfmpeg(what: string): Promise<string | null> {
  if (!mayUseApt()) return null;
  console.log(`  ...  installing ${what} with apt-get; this can take a minute`);
  const result = await aptInstall(['ffmpeg']);
  return result.ok ? null : result.reason;
}

function found(tool: Tool, at: FoundTool): Finding {
  return { thing: tool, state: 'found', detail: `${at.version} from ${at.from} (${at.path})` };
}

function missing(tool: Tool, problem: string | null): Finding {
  const detail =
    problem === null ? 'not found, and it cannot be installed without you' : `not installed: ${problem}`;
  return { thing: tool, state: 'missing', detail, command: installCommand(process.platform) };
}

/** How a person installs ffmpeg on their system. */
export function installCommand(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'brew install ffmpeg';
  if (platform === 'win32') return 'winget install Gyan.FFmpeg';
  return aptCommand(['ffmpeg']);
}
