/** A system and processor, in Node's words (`linux`, `darwin`, `win32`; `x64`, `arm64`). */
export interface Target {
  platform: string;
  arch: string;
}

/** What there is to choose from, for one target. */
export interface Available {
  host: Target;
  /** The binary of `ffmpeg-static`: it is of the host, for its install script downloads just that one. */
  npmFfmpeg: string | null;
  /** The binary of `ffprobe-static` for the target: that package carries every platform's. */
  npmFfprobe: string | null;
  /** What the host would run. */
  hostFfmpeg: string | null;
  hostFfprobe: string | null;
}

export interface Chosen {
  ffmpeg: string;
  ffprobe: string;
  /** Something the builder should know about the package. */
  warning?: string;
}

/** Which ffmpeg and ffprobe go into a package. Throws, saying what to do, when the target's are not to be had here. */
export function chooseBinaries(target: Target, available: Available): Chosen {
  const { host, npmFfmpeg, npmFfprobe, hostFfmpeg, hostFfprobe } = available;
  const name = `${target.platform}-${target.arch}`;
  if (target.platform !== host.platform || target.arch !== host.arch) {
    throw new Error(
      `ffmpeg for ${name} is not on this machine (${host.platform}-${host.arch}). Build on a ${name} machine.`,
    );
  }
  if (npmFfmpeg !== null) {
    const ffprobe = npmFfprobe ?? hostFfprobe;
    if (ffprobe === null) throw new Error(`ffprobe for ${name} was not found. Type: npm run setup`);
    return { ffmpeg: npmFfmpeg, ffprobe };
  }
  if (hostFfmpeg === null) throw new Error(`ffmpeg for ${name} was not found. Type: npm run setup`);
  // A pair from one build is preferred; the npm ffprobe is years older than any system's ffmpeg.
  const ffprobe = hostFfprobe ?? npmFfprobe;
  if (ffprobe === null) throw new Error(`ffprobe for ${name} was not found. Type: npm run setup`);
  return {
    ffmpeg: hostFfmpeg,
    ffprobe,
    warning:
      "ffmpeg is this system's own, linked to its libraries: the package runs only on systems like this one. For one to publish, build where npm can install ffmpeg-static.",
  };
}
