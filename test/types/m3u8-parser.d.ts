/** What the tests read of m3u8-parser, which ships no types. */
declare module 'm3u8-parser' {
  export interface Manifest {
    endList?: boolean;
    playlistType?: string;
    targetDuration?: number;
    independentSegments?: boolean;
    iFramesOnly?: boolean;
    segments: { uri: string; duration: number; map?: { uri: string } }[];
    playlists?: { uri: string; attributes: Record<string, unknown> }[];
    iFramePlaylists: { uri: string; attributes: Record<string, unknown> }[];
    mediaGroups: {
      AUDIO: Record<string, Record<string, { uri: string; default: boolean; language?: string }>>;
      SUBTITLES: Record<string, Record<string, { uri: string; forced: boolean; language?: string }>>;
    };
  }

  export class Parser {
    readonly manifest: Manifest;
    push(text: string): void;
    end(): void;
  }
}
