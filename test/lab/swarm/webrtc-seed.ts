import WebTorrent from 'webtorrent';
import { LONE_CLIENT } from '../../support/lone-webtorrent.ts';

/**
 * A program: seeds a file over WebRTC, found by a WebSocket tracker, on loopback alone, and says its info-hash. A process of its own, since
 * node-datachannel bears no second thread that connects.
 */
const [, , file = '', tracker = ''] = process.argv;
const client = new WebTorrent({
  ...LONE_CLIENT,
  tracker: { rtcConfig: { bindAddress: '127.0.0.1', iceServers: [] } },
});
client.seed(file, { announceList: [[tracker]] }, ({ infoHash }) => {
  process.stdout.write(`${infoHash}\n`);
});
