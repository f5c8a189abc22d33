import type { Socket } from 'node:dgram';
import type { AddressRanges } from '../address-ranges.ts';

/** What comes from a blocked address is not heard, and what is meant for one is not sent. */
export function blockDatagrams(socket: Socket, blocked: AddressRanges): void {
  const emit = socket.emit.bind(socket) as (...args: unknown[]) => boolean;
  socket.emit = ((event: unknown, ...args: unknown[]) => {
    const [, sender] = args as [unknown, { address: string } | undefined];
    return event === 'message' && blocked.has(sender?.address ?? '') ? false : emit(event, ...args);
  }) as Socket['emit'];
  const send = socket.send.bind(socket) as (...args: unknown[]) => void;
  // As k-rpc-socket calls it. It has looked names up before.
  socket.send = ((...args: [Uint8Array, number, number, number, string, ((error: null) => void)?]) => {
    const [, , , , address, done] = args;
    if (blocked.has(address)) done?.(null);
    else send(...args);
  }) as Socket['send'];
}
