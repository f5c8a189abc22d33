import type { Edit } from './edits.ts';

/** One audio track of a film, in file order. */
export interface AudioFacts {
  codec: string;
  /** The tone it plays, hertz; null for silence. A test can hear which track it got. */
  toneHz: number | null;
  language?: string;
  isDefault?: boolean;
  /** Film time at which it begins and ends, seconds, to within 0.1. */
  startSeconds: number;
  endSeconds: number;
}

/** What is true of a film by construction; times on the film clock (0 = first presented video frame). */
export interface FilmFacts {
  container: 'matroska' | 'mp4' | 'mpegts' | 'avi' | 'none';
  /**
   * `copy`: H.264 8-bit or another codec that players copy; `encoder`: needs one in every player of ours; `damaged`: opens, but
   * bytes are missing or wrong; `unopenable`: no player can open it; `not-media`.
   */
  health: 'copy' | 'encoder' | 'damaged' | 'unopenable' | 'not-media';
  video: VideoFacts | null;
  audio: AudioFacts[];
  chapters: { startSeconds: number; title: string }[];
  /** In file order; absent: none. */
  subtitles?: SubtitleFacts[];
}

/** One subtitle track. */
export interface SubtitleFacts {
  codec: string;
  language: string;
  isText: boolean;
  cues: CueFacts[];
}

/** A line of subtitles. Film time, to within a millisecond; the text as WebVTT has it. */
export interface CueFacts {
  startSeconds: number;
  endSeconds: number;
  text: string;
  settings?: string;
}

export interface VideoFacts {
  codec: string;
  width: number;
  height: number;
  /** Nominal frames per second, as a fraction. */
  rate: readonly [numerator: number, denominator: number];
  /** Presented frames. */
  frames: number;
  /** Burned-in number of the frame presented at film time 0. */
  firstNumber: number;
  /** Numbers start again after so many frames; null when they do not. */
  numbersRepeatAfter: number | null;
  /** Seconds between keyframes; null when they are irregular. */
  gopSeconds: number | null;
  /** For VFR: every presented frame's film time, in order, with its number. Null: evenly spaced. */
  frameTimes: { timeSeconds: number; number: number }[] | null;
}

/** A film to make: from nothing by lavfi, from other films, or by an edit of bytes. */
export interface FilmCase {
  /** With the dot; or a whole file name when it matters. */
  extension: string;
  /** Films this one is made from: `@0`, `@1` … in the arguments. */
  from?: string[];
  /** ffmpeg's arguments without the output file. Absent: a copy of `from[0]`, or an empty file. */
  args?: string[];
  /** Several ffmpeg runs whose outputs are the last run's `%0`, `%1` …, for what one run cannot do. */
  before?: { name: string; args: string[] }[];
  /** ffmpeg writes to a pipe: it cannot come back to write an index. */
  throughPipe?: boolean;
  /** Then bytes are changed, in order. */
  edits?: Edit[];
  /** Made by a function instead; `version` changes when what it writes does. */
  build?: { version: number; write: (path: string, from: string[]) => Promise<void> };
  facts: FilmFacts;
}

/** The film time of presented frame `index` (from 0), seconds. */
export function frameTime(video: VideoFacts, index: number): number {
  const [numerator, denominator] = video.rate;
  return video.frameTimes?.[index]?.timeSeconds ?? (index * denominator) / numerator;
}

/** The burned-in number of the frame that is on screen at a film time. */
export function frameNumberAt(video: VideoFacts, timeSeconds: number): number {
  const [numerator, denominator] = video.rate;
  if (video.frameTimes !== null) {
    return video.frameTimes.findLast((frame) => frame.timeSeconds <= timeSeconds + 1e-6)?.number ?? 0;
  }
  const index = Math.min(Math.floor((timeSeconds * numerator) / denominator + 1e-6), video.frames - 1);
  const number = video.firstNumber + index;
  return video.numbersRepeatAfter === null ? number : number % video.numbersRepeatAfter;
}
