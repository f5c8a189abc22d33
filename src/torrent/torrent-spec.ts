/** What a torrent is asked for by: enough to find its peers. Checked; nothing in it has been used yet. */
export interface TorrentSpec {
  /** SHA-1 of the info dictionary, 40 hexadecimal digits in lower case. */
  infoHash: string;
  /** As the link calls it, before its description is known. */
  name: string | null;
  trackers: readonly string[];
  /** That the person named beside it: they are asked whatever their address says. */
  ownTrackers?: readonly string[];
  /** BEP 19. */
  webSeeds: readonly string[];
  /** `host:port`, from the link itself (BEP 9). */
  peers: readonly string[];
  /** The `.torrent` file, where one was given. */
  metainfo?: Uint8Array | undefined;
}
