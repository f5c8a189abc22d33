/** What a receiver of the lab tells, a line of JSON each, on its standard output. */
export type ReceiverLine = { atMs: number } & (
  | { kind: 'listening'; port: number }
  /** A message of a sender. */
  | { kind: 'message'; from: string; namespace: string; payload: { type: string; [member: string]: unknown } }
  | { kind: 'connection'; what: 'opened' | 'closed' }
  /** What it fetched, as a receiver's page does. */
  | {
      kind: 'request';
      method: string;
      url: string;
      status: number;
      bytes: number;
      contentType: string | null;
      allowedOrigin: string | null;
    }
  /** What it told its senders. */
  | { kind: 'status'; playerState: string; currentTime: number; idleReason?: string }
  /** What ffprobe decoded of what was fetched first. */
  | { kind: 'decoded'; streams: DecodedStream[]; complaints: string }
  | { kind: 'track'; trackId: number; cues: number; text: string }
  | { kind: 'failed'; reason: string }
);

export interface DecodedStream {
  codec_type: string;
  codec_name: string;
  width?: number;
  height?: number;
  channels?: number;
  nb_read_frames: string;
}

type Untimed<T> = T extends unknown ? Omit<T, 'atMs'> : never;

export function say(line: Untimed<ReceiverLine>): void {
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), ...line })}\n`);
}

/** Commands on its standard input, a line of JSON each. */
export type ReceiverCommand =
  /** Breaks off every connection, as Wi-Fi does; new ones are taken. */
  | { do: 'drop' }
  /** Answers nothing any more, not even connections, until told otherwise; the film plays on. */
  | { do: 'hush'; on: boolean }
  /** Announces itself, or says good-bye. */
  | { do: 'announce' | 'leave' };
