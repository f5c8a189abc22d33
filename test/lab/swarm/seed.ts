/** The programs that seed; each has its own file. */
export type SeedMake = 'transmission' | 'aria2' | 'libtorrent';

export interface PeerAddress {
  host: string;
  port: number;
}

/** What a seed is started with. */
export interface SeedWish {
  torrentPath: string;
  /** A folder of its own that holds the content. */
  folder: string;
  /** Its own loopback address, so that what counts peers by address counts it as one of its own. */
  host: string;
  /** Absent: without limit. */
  uploadBytesPerSecond?: number | undefined;
  /** Peers tell each other of peers. */
  pex: boolean;
  /** Nodes to join the DHT by; null: no DHT. */
  dhtNodes: readonly PeerAddress[] | null;
}

export interface SeedStatus {
  /** Everything is there and is offered. */
  seeding: boolean;
  /** Connected now. An aria2 with a tracker has one more than others: it takes the address that it announced for a peer. */
  peers: number;
  /** Payload sent so far. */
  uploadedBytes: number;
}

/** A running seed. Disposing it takes it off the net without good-byes, as a crash does. */
export interface Seed extends AsyncDisposable {
  readonly make: SeedMake;
  readonly address: PeerAddress;
  readonly pid: number;
  isRunning(): boolean;
  status(): Promise<SeedStatus>;
  /** Null: without limit. */
  limitUpload(bytesPerSecond: number | null): Promise<void>;
  /** Freezes it with its connections open (it answers no `status` then), and lets it go on. */
  stall(): void;
  resume(): void;
  isStalled(): Promise<boolean>;
  /** Connects to a peer by itself; libtorrent only. */
  connect?(to: PeerAddress): Promise<void>;
}
