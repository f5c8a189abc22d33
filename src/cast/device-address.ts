import type { CastDevice } from './types.ts';

/** Where a device is, as a person types it: `192.168.1.20:8009`, `[::1]:8009`. */
export function deviceAddress({ host, port }: Pick<CastDevice, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
