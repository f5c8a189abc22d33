/** A file that lies beside a film. */
export interface FileBeside {
  /** With `/`, from the folder of the film or the root of its torrent. */
  path: string;
  /** Null where that has not been looked up: of many files on a distant disk it would take long. */
  sizeBytes: number | null;
  /** The same, looked up if need be; 0 of what is no file any more. */
  size(): Promise<number>;
  /**
   * All of it, or its first `maxBytes`. Nothing of it is fetched before.
   *
   * @throws what a `ByteSource` rejects with, or the signal's reason
   */
  read(maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
}

/** What lies around a film. */
export interface Surroundings {
  /** The film's own path among the files. */
  film: string;
  /** Videos and what may belong to one of them, the film itself too. */
  files: readonly FileBeside[];
  /** All of it was put together by one hand (a torrent), unlike a person's folder. */
  isRelease: boolean;
}

/** Which files count beside videos. */
export interface LookedFor {
  isFile: (name: string) => boolean;
  /** Which folders beside a film of this computer are looked into. All folders of a torrent are. */
  isFolder: (name: string) => boolean;
}
