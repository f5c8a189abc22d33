import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbort } from '../errors.ts';
import { SingleFlight } from '../single-flight.ts';
import {
  type Candidate,
  fileName,
  npmCandidates,
  type Origin,
  pathCandidates,
  searchPath,
  type Tool,
} from './candidates.ts';
import type { ChildProcesses } from './child.ts';
import { isObsolete, OLDEST_SAFE_MAJOR, parseVersion } from './version.ts';

export interface FoundBinary {
  path: string;
  /** As the program words it, e.g. `5.1.9-0+deb12u1`. */
  version: string;
  origin: Origin;
  /** Why this one is better not used, and what to do; only when there was no better one. */
  warning?: string;
}

/** `missing` tells a person what to install. */
export type BinaryStatus = FoundBinary | { missing: string };

export interface BinariesStatus {
  ffmpeg: BinaryStatus;
  ffprobe: BinaryStatus;
}

export interface BinariesOptions {
  children: ChildProcesses;
  /** The value of `RAFFI_FFMPEG_BIN`: used as it is, or reported; nothing else is tried. */
  ffmpegPath?: string | undefined;
  /** The value of `RAFFI_FFPROBE_BIN`. */
  ffprobePath?: string | undefined;
  /** The packaged app's resources folder. */
  resourcesDir?: string | undefined;
  /** Default: this process's `PATH`. */
  path?: string | undefined;
  platform?: NodeJS.Platform | undefined;
  /** The npm packages' binaries; replaced in tests. */
  npm?: ((tool: Tool) => Candidate[]) | undefined;
  /** For one candidate's `-version`. Default 5 s: a cold start of a 60 MB binary from a slow disk. */
  timeoutMs?: number | undefined;
  /** Milliseconds, monotonic. */
  now?: (() => number) | undefined;
}

/** A missing tool is looked for again after this long, so that installing it needs no restart. */
const MISSING_TTL_MS = 15_000;

/**
 * Finds ffmpeg and ffprobe: the caller's wish, the packaged app's resources, the npm packages, `PATH`. Each candidate is run once;
 * one too old for hostile media (the npm ffprobe is) counts only where there is no other, and the first pair of one version is
 * preferred to the first of each.
 */
export class Binaries {
  readonly #options: BinariesOptions;
  readonly #flight = new SingleFlight<BinariesStatus>();
  readonly #now: () => number;
  #known: { status: BinariesStatus; staleAt: number } | undefined;

  constructor(options: BinariesOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What is known without waiting; undefined before the first `resolve()` is through. */
  get known(): BinariesStatus | undefined {
    return this.#known?.status;
  }

  /** Looks up on first need; single flight, cached. Never rejects but with the signal's reason or `aborted`. */
  resolve(signal?: AbortSignal): Promise<BinariesStatus> {
    if (this.#known && this.#now() < this.#known.staleAt) return Promise.resolve(this.#known.status);
    return this.#flight.run('binaries', (shared) => this.#lookUp(shared), signal);
  }

  /** Every candidate that runs, in order of preference; looks anew. For choosing what to package. */
  async all(signal = new AbortController().signal): Promise<Record<Tool, FoundBinary[]>> {
    const [ffmpegs, ffprobes] = await this.#tryAll(signal);
    const found = (attempts: Attempt[]) => attempts.filter(works).map((working) => this.#found(working));
    return { ffmpeg: found(ffmpegs), ffprobe: found(ffprobes) };
  }

  async #lookUp(signal: AbortSignal): Promise<BinariesStatus> {
    const [ffmpegs, ffprobes] = await this.#tryAll(signal);
    const [ffmpeg, ffprobe] = choose(usable(ffmpegs), usable(ffprobes));
    const status = {
      ffmpeg: ffmpeg ? this.#found(ffmpeg) : this.#missing('ffmpeg', ffmpegs),
      ffprobe: ffprobe ? this.#found(ffprobe) : this.#missing('ffprobe', ffprobes),
    };
    const complete = ffmpeg && ffprobe;
    this.#known = { status, staleAt: complete ? Number.POSITIVE_INFINITY : this.#now() + MISSING_TTL_MS };
    return status;
  }

  #tryAll(signal: AbortSignal): Promise<[ffmpegs: Attempt[], ffprobes: Attempt[]]> {
    return Promise.all([this.#try('ffmpeg', signal), this.#try('ffprobe', signal)]);
  }

  #try(tool: Tool, signal: AbortSignal): Promise<Attempt[]> {
    return Promise.all(this.#candidates(tool).map((candidate) => this.#version(candidate, signal)));
  }

  #candidates(tool: Tool): Candidate[] {
    const { resourcesDir, npm = npmCandidates, platform = process.platform } = this.#options;
    const wish = this.#wish(tool);
    if (wish) return [{ tool, path: wish, origin: 'config' }];
    const path = this.#options.path ?? searchPath(process.env);
    return [
      ...(resourcesDir
        ? [{ tool, path: join(resourcesDir, fileName(tool, platform)), origin: 'resources' as const }]
        : []),
      ...npm(tool),
      ...pathCandidates(tool, path, platform),
    ];
  }

  #wish(tool: Tool): string | undefined {
    return tool === 'ffmpeg' ? this.#options.ffmpegPath : this.#options.ffprobePath;
  }

  async #version(candidate: Candidate, signal: AbortSignal): Promise<Attempt> {
    const { children, timeoutMs = 5_000 } = this.#options;
    try {
      await access(candidate.path, constants.X_OK);
    } catch (error) {
      const absent = code(error) === 'ENOENT' || code(error) === 'ENOTDIR';
      return { candidate, absent, failure: absent ? 'does not exist' : 'may not be run' };
    }
    try {
      const run = await children.run(candidate.path, ['-version'], { timeoutMs, signal });
      const version = parseVersion(candidate.tool, run.stdout);
      if (version) return { candidate, version };
      const failure = run.timedOut
        ? `does not answer within ${timeoutMs / 1000} s`
        : `is not ${candidate.tool}`;
      return { candidate, absent: false, failure };
    } catch (error) {
      if (signal.aborted || isAbort(error)) throw error;
      return { candidate, absent: false, failure: `cannot be started (${code(error)})` };
    }
  }

  #found({ candidate: { tool, path, origin }, version }: Working): FoundBinary {
    if (!isObsolete(version)) return { path, version, origin };
    const install = installHint(this.#options.platform ?? process.platform);
    return {
      path,
      version,
      origin,
      warning: `${tool} ${version} is too old to read films of strangers safely. ${install}, or set ${variableOf(tool)} to version ${OLDEST_SAFE_MAJOR} or newer.`,
    };
  }

  #missing(tool: Tool, attempts: Attempt[]): { missing: string } {
    const variable = variableOf(tool);
    const failed = attempts.filter((attempt): attempt is Failed => 'failure' in attempt);
    const list = (some: Failed[]) =>
      some.map(({ candidate, failure }) => `${candidate.path} ${failure}`).join('; ');
    if (this.#wish(tool)) {
      return { missing: `${variable} names no working ${tool}: ${list(failed)}. Correct it, or unset it.` };
    }
    const unusable = failed.filter(({ absent }) => !absent);
    const also = unusable.length > 0 ? ` Found but not usable: ${list(unusable)}.` : '';
    const install = installHint(this.#options.platform ?? process.platform);
    return { missing: `${tool} was not found. ${install}, or set ${variable} to its path.${also}` };
  }
}

type Working = { candidate: Candidate; version: string };
type Failed = { candidate: Candidate; absent: boolean; failure: string };
type Attempt = Working | Failed;

function works(attempt: Attempt): attempt is Working {
  return 'version' in attempt;
}

/** The candidates that run: the obsolete ones only when there is no other. */
function usable(attempts: Attempt[]): Working[] {
  const working = attempts.filter(works);
  const current = working.filter(({ version }) => !isObsolete(version));
  return current.length > 0 ? current : working;
}

/** The first pair of one version in the order of ffmpeg's candidates, else the first of each. */
function choose(ffmpegs: Working[], ffprobes: Working[]): [Working | undefined, Working | undefined] {
  for (const ffmpeg of ffmpegs) {
    const ffprobe = ffprobes.find(({ version }) => version === ffmpeg.version);
    if (ffprobe) return [ffmpeg, ffprobe];
  }
  return [ffmpegs[0], ffprobes[0]];
}

function variableOf(tool: Tool): string {
  return tool === 'ffmpeg' ? 'RAFFI_FFMPEG_BIN' : 'RAFFI_FFPROBE_BIN';
}

function installHint(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'Install FFmpeg: winget install Gyan.FFmpeg';
  if (platform === 'darwin') return 'Install FFmpeg: brew install ffmpeg';
  return "Install FFmpeg with the system's packages (Debian, Ubuntu: sudo apt install ffmpeg)";
}

function code(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? 'unknown error';
}
