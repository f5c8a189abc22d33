import type { FoundBinary } from '../../src/ffmpeg/binaries.ts';
import { isObsolete, majorVersion } from '../../src/ffmpeg/version.ts';

/** A system and processor, in Node's words (`linux`, `darwin`, `win32`; `x64`, `arm64`). */
export interface Target {
  platform: string;
  arch: string;
}

/** What there is to choose from: binaries of the host that run, in the core's order of preference. */
export interface Available {
  host: Target;
  ffmpeg: readonly FoundBinary[];
  ffprobe: readonly FoundBinary[];
}

export interface Chosen {
  ffmpeg: string;
  ffprobe: string;
  /** What the builder should know about the package. */
  warnings: string[];
}

/** A package lives for years on machines that nobody updates: the line before is taken only where this one is not to be had. */
const PREFERRED_MAJOR = 6;

/**
 * Which ffmpeg and ffprobe go into a package: a pair of one build, of a recent line if there is one. Throws, saying what to do, when
 * the target's are not to be had here, and for a package to publish when they are too old for films of strangers.
 */
export function chooseBinaries(
  target: Target,
  { host, ffmpeg: ffmpegs, ffprobe: ffprobes }: Available,
  { publish }: { publish: boolean },
): Chosen {
  const name = `${target.platform}-${target.arch}`;
  if (target.platform !== host.platform || target.arch !== host.arch) {
    throw new Error(
      `ffmpeg for ${name} is not on this machine (${host.platform}-${host.arch}). Build on a ${name} machine.`,
    );
  }
  const [ffmpeg, ffprobe] = bestPair(ffmpegs, ffprobes) ?? [first(ffmpegs), first(ffprobes)];
  if (ffmpeg === undefined) throw new Error(`ffmpeg for ${name} was not found. Type: npm run setup`);
  if (ffprobe === undefined) throw new Error(`ffprobe for ${name} was not found. Type: npm run setup`);
  const obsolete = Object.entries({ ffmpeg, ffprobe })
    .filter(([, { version }]) => isObsolete(version))
    .map(([tool, { version, path }]) => `${tool} ${version} (${path})`);
  const warnings: string[] = [];
  if (obsolete.length > 0) {
    const tooOld = `${obsolete.join(' and ')}: too old to read films of strangers. ${REMEDY}`;
    if (publish) throw new Error(`Raffi is not packaged with ${tooOld}`);
    warnings.push(`Not for publishing: ${tooOld}`);
  }
  if (host.platform !== 'win32' && [ffmpeg, ffprobe].some(({ origin }) => origin === 'path')) {
    warnings.push(
      `ffmpeg or ffprobe is this system's own, linked to its libraries: the package runs only on systems like this one. For one to publish: ${REMEDY}`,
    );
  }
  return { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path, warnings };
}

const REMEDY = `Set RAFFI_FFMPEG_BIN and RAFFI_FFPROBE_BIN to static binaries of one build, version ${PREFERRED_MAJOR} or newer (https://ffmpeg.org/download.html names some), then try again.`;

type Pair = [ffmpeg: FoundBinary, ffprobe: FoundBinary];

/** The first pair of one build in the preferred line, else of any line that is not obsolete. */
function bestPair(ffmpegs: readonly FoundBinary[], ffprobes: readonly FoundBinary[]): Pair | undefined {
  const pairs = ffmpegs
    .filter(({ version }) => !isObsolete(version))
    .flatMap((ffmpeg) =>
      ffprobes.filter(({ version }) => version === ffmpeg.version).map((ffprobe): Pair => [ffmpeg, ffprobe]),
    );
  return (
    pairs.find(([{ version }]) => (majorVersion(version) ?? PREFERRED_MAJOR) >= PREFERRED_MAJOR) ?? pairs[0]
  );
}

function first(binaries: readonly FoundBinary[]): FoundBinary | undefined {
  return binaries.find(({ version }) => !isObsolete(version)) ?? binaries[0];
}
