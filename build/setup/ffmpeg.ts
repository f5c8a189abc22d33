import { Binaries, type BinaryStatus, type FoundBinary } from '../../src/ffmpeg/binaries.ts';
import type { Tool } from '../../src/ffmpeg/candidates.ts';
import { ChildProcesses } from '../../src/ffmpeg/child.ts';
import { aptCommand, aptInstall, mayUseApt } from './apt.ts';
import type { Finding } from './finding.ts';

const TOOLS = ['ffmpeg', 'ffprobe'] as const satisfies readonly Tool[];

/** The core's own look-up, so that what the set-up reports is what will run. */
function lookUp(): Promise<Record<Tool, BinaryStatus>> {
  return new Binaries({
    children: new ChildProcesses(),
    ffmpegPath: wish('ffmpeg'),
    ffprobePath: wish('ffprobe'),
  }).resolve();
}

/** Finds ffmpeg and ffprobe as the core does, or installs by apt what is missing or too old. */
export async function ensureFfmpeg(): Promise<Finding[]> {
  const before = await lookUp();
  // What a person named is theirs to correct: another binary would not be run in its place.
  const lacking = TOOLS.filter((tool) => !isFit(before[tool]) && wish(tool) === undefined);
  if (lacking.length === 0) return TOOLS.map((tool) => finding(tool, before[tool], null));
  const problem = await installFfmpeg(lacking.join(' and '));
  const after = await lookUp();
  return TOOLS.map((tool) => {
    const outcome = finding(tool, after[tool], problem);
    const installed = !isFit(before[tool]) && isFit(after[tool]);
    return installed ? { ...outcome, state: 'installed' as const } : outcome;
  });
}

/** Installs the system's ffmpeg package, which holds ffprobe and ffplay too. Null when it worked or there is no apt to try, else why not. */
export async function installFfmpeg(what: string): Promise<string | null> {
  if (!mayUseApt()) return null;
  console.log(`  ...  installing ${what} with apt-get; this can take a minute`);
  const result = await aptInstall(['ffmpeg']);
  return result.ok ? null : result.reason;
}

function wish(tool: Tool): string | undefined {
  return process.env[tool === 'ffmpeg' ? 'RAFFI_FFMPEG_BIN' : 'RAFFI_FFPROBE_BIN'] || undefined;
}

/** There, and not too old for strangers' films. */
function isFit(status: BinaryStatus): boolean {
  return 'path' in status && status.warning === undefined;
}

const ORIGINS: Record<FoundBinary['origin'], string> = {
  config: 'environment',
  resources: 'package',
  npm: 'npm package',
  path: 'PATH',
};

function finding(tool: Tool, status: BinaryStatus, problem: string | null): Finding {
  if ('path' in status) {
    const { version, origin, path, warning } = status;
    const detail = `${version} from ${ORIGINS[origin]} (${path})`;
    // It does run: the person is told, and not kept from starting.
    return { thing: tool, state: 'found', detail: warning === undefined ? detail : `${detail}. ${warning}` };
  }
  if (wish(tool) !== undefined) return { thing: tool, state: 'missing', detail: status.missing };
  return {
    thing: tool,
    state: 'missing',
    detail: problem === null ? status.missing : `not installed: ${problem}`,
    command: installCommand(process.platform),
  };
}

/** How a person installs ffmpeg on their system. */
export function installCommand(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'brew install ffmpeg';
  if (platform === 'win32') return 'winget install Gyan.FFmpeg';
  return aptCommand(['ffmpeg']);
}
