import { networkInterfaces } from 'node:os';

/** This computer's IPv4 address in a network; undefined where it is in none. */
export const LAN_ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
