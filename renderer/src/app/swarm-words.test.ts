import { expect, test } from 'vitest';
import { discoveryText } from './swarm-words.ts';

const trackers = (...states: ('waiting' | 'working' | 'failed')[]) =>
  states.map((state, n) => ({ url: `udp://${n}.example:80`, state }));

test.each([
  [
    trackers('working', 'failed', 'waiting', 'working', 'failed'),
    { nodes: 34 },
    '2 of 5 trackers answer · DHT: 34 nodes',
  ],
  [trackers('working'), null, 'The tracker answers'],
  [trackers('failed'), { nodes: 1 }, 'The tracker does not answer · DHT: 1 node'],
  [[], { nodes: 0 }, 'DHT: 0 nodes'],
  [[], null, ''],
])('%j and %j: %s', (known, dht, text) => {
  expect(discoveryText({ trackers: known, dht })).toBe(text);
});
