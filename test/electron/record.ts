import type { Page } from 'playwright-core';

/** What a stretch of playing showed and sounded like, taken behind the decoders. */
export interface Recording {
  sampleRate: number;
  /** All channels that the player puts out, without a hole, from `beginsAt` on. */
  channels: Float32Array[];
  /** On the audio clock, seconds. */
  beginsAt: number;
  /** What the film's clock was at moments of the audio clock, seconds. */
  clock: { audioSeconds: number; mediaSeconds: number }[];
  frames: RecordedFrame[];
}

export interface RecordedFrame {
  /** Presentation time of the frame, seconds. */
  mediaTime: number;
  /** RGBA, `FRAME` large. */
  pixels: Uint8Array;
}

/** Frames are kept so small: the frame code survives it. */
export const FRAME = { width: 72, height: 40 } as const;

export interface RecordOptions {
  /** How much of the film is played meanwhile, seconds. */
  seconds: number;
  /** Bound for the whole. */
  boundMs: number;
}

/**
 * Lets a page be recorded, and loads it anew: its policy forbids scripts that are not its own, and a processor of sound is one. Holds until
 * the app ends.
 */
export async function allowRecording(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setBypassCSP', { enabled: true });
  await page.reload();
}

/**
 * Records what plays, from this moment on. The film's own sound then goes to the loudspeakers through the page's audio graph.
 *
 * @throws when so much was not played within the bound
 */
export async function record(page: Page, options: RecordOptions): Promise<Recording> {
  const raw = await page.evaluate(recordInPage, { ...options, ...FRAME, processor: PROCESSOR });
  const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));
  return {
    ...raw,
    channels: raw.channels.map((channel) => new Float32Array(bytes(channel).buffer)),
    frames: raw.frames.map(({ mediaTime, pixels }) => ({ mediaTime, pixels: bytes(pixels) })),
  };
}

/** Hands over everything it hears, with the audio clock's count of samples. */
const PROCESSOR = `registerProcessor('tap', class extends AudioWorkletProcessor {
  process([input]) {
    if (input.length > 0) this.port.postMessage({ frame: currentFrame, channels: input });
    return true;
  }
})`;

interface RawRecording extends Omit<Recording, 'channels' | 'frames'> {
  channels: string[];
  frames: { mediaTime: number; pixels: string }[];
}

interface Tap {
  context: AudioContext;
  node: AudioWorkletNode;
}

/** Runs in the page: nothing from outside is known in it. */
async function recordInPage(
  options: RecordOptions & { width: number; height: number; processor: string },
): Promise<RawRecording> {
  const { seconds, boundMs, width, height, processor } = options;
  const found = document.querySelector('video');
  const canvas = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (found === null || canvas === null) throw new Error('There is no player, or no canvas');
  const video = found;
  const picture = canvas;
  // A media element has one source node for life.
  const known = Reflect.get(video, 'testTap') as Tap | undefined;
  const { context, node } = known ?? (await tap());
  Reflect.set(video, 'testTap', { context, node });

  const blocks: { frame: number; channels: Float32Array[] }[] = [];
  const frames: { mediaTime: number; pixels: string }[] = [];
  const clock: Recording['clock'] = [];
  const fromSeconds = video.currentTime;
  const giveUpAt = performance.now() + boundMs;
  let callback = video.requestVideoFrameCallback(onFrame);
  node.port.onmessage = ({ data }) => blocks.push(data as (typeof blocks)[number]);
  try {
    while (video.currentTime < fromSeconds + seconds && !video.ended) {
      await new Promise(requestAnimationFrame);
      clock.push({ audioSeconds: context.currentTime, mediaSeconds: video.currentTime });
      if (performance.now() > giveUpAt)
        throw new Error(`It played from ${fromSeconds} s only to ${video.currentTime} s`);
    }
    // What has been heard is told a little later.
    const heardUntil = context.currentTime * context.sampleRate;
    while ((blocks.at(-1)?.frame ?? 0) < heardUntil - 2 * context.sampleRate * context.baseLatency) {
      await new Promise(requestAnimationFrame);
      if (performance.now() > giveUpAt) throw new Error('The sound broke off');
    }
  } finally {
    node.port.onmessage = null;
    video.cancelVideoFrameCallback(callback);
  }
  const count = Math.max(0, ...blocks.map(({ channels }) => channels.length));
  return {
    sampleRate: context.sampleRate,
    beginsAt: (blocks[0]?.frame ?? 0) / context.sampleRate,
    clock,
    frames,
    channels: Array.from({ length: count }, (_, channel) => joined(channel)),
  };

  /** Not by the callback's own time: on a busy machine the picture may be a newer one by now. */
  function onFrame(): void {
    callback = video.requestVideoFrameCallback(onFrame);
    const frame = new VideoFrame(video);
    picture.drawImage(frame, 0, 0, width, height);
    frames.push({
      mediaTime: frame.timestamp / 1e6,
      pixels: base64(picture.getImageData(0, 0, width, height).data),
    });
    frame.close();
  }

  async function tap(): Promise<Tap> {
    const context = new AudioContext({ sampleRate: 48_000 });
    const module = URL.createObjectURL(new Blob([processor], { type: 'text/javascript' }));
    await context.audioWorklet.addModule(module);
    URL.revokeObjectURL(module);
    const node = new AudioWorkletNode(context, 'tap', { channelCountMode: 'max', numberOfOutputs: 0 });
    const source = context.createMediaElementSource(video);
    source.connect(node);
    source.connect(context.destination);
    return { context, node };
  }

  /** A channel from the first block on, with silence where blocks are missing. */
  function joined(channel: number): string {
    const first = blocks[0]?.frame ?? 0;
    const last = blocks.at(-1);
    const length = (last?.frame ?? 0) - first + (last?.channels[0]?.length ?? 0);
    const samples = new Float32Array(length);
    for (const block of blocks) samples.set(block.channels[channel] ?? [], block.frame - first);
    return base64(new Uint8Array(samples.buffer));
  }

  function base64(bytes: Uint8Array | Uint8ClampedArray): string {
    let text = '';
    for (let at = 0; at < bytes.length; at += 0x8000)
      text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  }
}
