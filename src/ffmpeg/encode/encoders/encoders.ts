import { readdir, readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, release } from 'node:os';
import { type EncoderSpeed, UNKNOWN_SPEED } from '../../../plan/encoder-limits.ts';
import { SingleFlight } from '../../../single-flight.ts';
import type { FfmpegTools } from '../../tools.ts';
import { type EncoderFamily, HARDWARE, X264 } from './families.ts';
import { type EncoderKnowledge, knowledgeKey, readKnowledge, writeKnowledge } from './knowledge.ts';
import { prove } from './proof.ts';

export interface EncodersOptions {
  tools: FfmpegTools;
  /** Where knowledge outlives the core. */
  cacheDir: string;
  /** For files of a moment. */
  runDir: string;
  /** Known already: nothing is tried, and x264 is used. Times real time of 1080p24. */
  knownSpeed?: number | undefined;
  platform?: NodeJS.Platform;
  /** Called when something new is known. */
  onChange: () => void;
}

/** As health tells it. */
export interface EncoderHealth {
  /** ffmpeg's name of the encoder that pictures get. */
  used: string;
  /** How many times real time it encodes 1080p at 24 pictures a second; null until it was measured. */
  realTime: number | null;
  refused: { encoder: string; reason: string }[];
}

/** What is waited for the first time, ever: a machine that needs longer for a second of 1080p does not encode it in real time. */
const PATIENCE_MS = 1000;

/**
 * Which encoder pictures get, and how fast it is: tried at first need, once for all, and remembered for a machine, its drivers and its ffmpeg. x264 is
 * used until something better has proved itself, and from the moment on that that fails.
 */
export class Encoders {
  readonly #options: EncodersOptions;
  readonly #flight = new SingleFlight<void>();
  readonly #stopped = new AbortController();
  #family = X264;
  #realTime: number | null = null;
  #refused: { encoder: string; reason: string }[] = [];
  #isKnown = false;

  constructor(options: EncodersOptions) {
    this.#options = options;
    if (options.knownSpeed !== undefined) {
      this.#realTime = options.knownSpeed;
      this.#isKnown = true;
    }
  }

  /** What a run that starts now is to use. */
  get family(): EncoderFamily {
    return this.#family;
  }

  get health(): EncoderHealth {
    return { used: this.#family.name, realTime: this.#realTime, refused: [...this.#refused] };
  }

  /**
   * How fast pictures are encoded, found out now if nobody has yet, which is waited for only a moment: what is not known by then is an estimate,
   * or the default. Never rejects but with the signal's reason.
   */
  async speed(signal: AbortSignal): Promise<EncoderSpeed> {
    if (!this.#isKnown) {
      const patience = new AbortController();
      const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
      const finding = this.#find();
      await Promise.race([finding, aborted(AbortSignal.any([signal, patience.signal]))]);
      clearTimeout(timer);
      signal.throwIfAborted();
      if (!this.#isKnown) return { ...UNKNOWN_SPEED, realTime: 1000 / PATIENCE_MS };
    }
    return this.knownSpeed;
  }

  /** The same, without finding anything out. */
  get knownSpeed(): EncoderSpeed {
    return { realTime: this.#realTime, isHardware: this.#family !== X264 };
  }

  /** An encoder has failed in the middle of a film: x264 takes over, for as long as this core runs. */
  demote(family: EncoderFamily, reason: string): void {
    if (family === X264) return;
    this.#refused = [...this.#refused, { encoder: family.name, reason }];
    if (this.#family !== family) return;
    this.#family = X264;
    this.#realTime = null;
    this.#options.onChange();
  }

  stop(): void {
    this.#stopped.abort();
  }

  #find(): Promise<void> {
    return this.#flight.run('find', async () => {
      try {
        await this.#look(this.#stopped.signal);
      } catch {
        // Stopped, or no ffmpeg: whoever encodes hears why.
      }
    });
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { tools, cacheDir } = this.#options;
    const { ffmpeg } = await tools.binaries.resolve(signal);
    if ('missing' in ffmpeg) return;
    const key = knowledgeKey([ffmpeg.path, ffmpeg.version, ...(await machineFacts())]);
    const remembered = await readKnowledge(cacheDir, key);
    const found = remembered ?? (await this.#tryAll(ffmpeg.path, signal));
    const { realTime, encoder } = found;
    // A slow x264 may have had a bad moment: it counts for this run only.
    const isLasting = realTime !== null && (encoder !== X264.name || realTime >= 1);
    if (!remembered && isLasting) await writeKnowledge(cacheDir, key, { ...found, realTime });
    this.#learn(found);
  }

  async #tryAll(ffmpeg: string, signal: AbortSignal): Promise<Found> {
    const { tools, runDir } = this.#options;
    const refused: EncoderKnowledge['refused'][number][] = [];
    for (const family of [...(await this.#candidates(ffmpeg, signal)), X264]) {
      const proof = await prove(tools.children, ffmpeg, family, runDir, signal);
      if ('realTime' in proof) return { encoder: family.name, realTime: proof.realTime, refused };
      refused.push({ encoder: family.name, reason: proof.refused });
    }
    // Not even x264: films will say why. Nothing is known of its speed.
    return { encoder: X264.name, realTime: null, refused };
  }

  /** Hardware that this system may have and this ffmpeg was built for. */
  async #candidates(ffmpeg: string, signal: AbortSignal): Promise<EncoderFamily[]> {
    const { tools, platform = process.platform } = this.#options;
    const { stdout } = await tools.run(ffmpeg, ['-hide_banner', '-encoders'], { timeoutMs: 5000, signal });
    const built = new Set(stdout.match(/(?<=^ V\S* +)\S+/gm));
    return HARDWARE.filter(
      ({ name, platforms }) => built.has(name) && (platforms?.includes(platform) ?? true),
    );
  }

  #learn({ encoder, realTime, refused }: Found): void {
    this.#family = HARDWARE.find(({ name }) => name === encoder) ?? X264;
    this.#realTime = realTime;
    this.#refused = [...refused];
    this.#isKnown = true;
    this.#options.onChange();
  }
}

type Found = Omit<EncoderKnowledge, 'realTime'> & { realTime: number | null };

/** Processor, system, and what tells one driver from the next. */
async function machineFacts(): Promise<string[]> {
  const [nvidia, devices] = await Promise.all([
    readFile('/sys/module/nvidia/version', 'utf8').catch(() => ''),
    readdir('/dev/dri').catch(() => []),
  ]);
  return [
    cpus()[0]?.model ?? '',
    String(availableParallelism()),
    arch(),
    release(),
    nvidia,
    ...devices.toSorted(),
  ];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
