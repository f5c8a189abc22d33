import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { LocalDiscovery } from './local-discovery.ts';
import { LSD_GROUP, LSD_PORT } from './lsd-message.ts';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

// Only there is all of 127/8 this computer.
test.runIf(process.platform === 'linux')(
  'every address is announced at: two of one interface, and those behind one that is gone',
  async () => {
    const infoHash = '6'.repeat(40);
    const listener = createSocket({ type: 'udp4', reuseAddr: true });
    endings.push(() => listener.close());
    const senders = new Set<string>();
    listener.on('message', (bytes, { address }) => {
      if (bytes.includes(infoHash)) senders.add(address);
    });
    listener.bind(LSD_PORT);
    await once(listener, 'listening');
    listener.addMembership(LSD_GROUP, '127.0.0.1');

    const troubles: unknown[] = [];
    // TEST-NET-1 (RFC 5737) is nobody's.
    const addresses = () => ['127.0.0.1', '127.0.0.2', '192.0.2.1', '127.0.0.3'];
    const discovery = new LocalDiscovery({ addresses, onTrouble: (error) => troubles.push(error) });
    endings.push(discovery.join(infoHash, { port: 1, onPeer: () => {} }));
    await vi.waitFor(
      () => expect([...senders].sort()).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3']),
      10_000,
    );
    expect(troubles).toEqual([expect.objectContaining({ syscall: 'addMembership', code: 'ENODEV' })]);
  },
);
