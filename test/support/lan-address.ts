import { networkInterfaces } from 'node:os';

/** This computer's IPv4 address in a network; undefined where it is in none. */
export const LAN_ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** For the name of what is tested through that address, since only so this computer looks like any other of the network. */
export const LAN_NOTE = LAN_ADDRESS === undefined ? ' (SKIPPED: this computer has no network address)' : '';
