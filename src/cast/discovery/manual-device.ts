import { isIPv6 } from 'node:net';
import { RaffiError } from '../../errors.ts';
import { deviceAddress } from '../device-address.ts';
import { urlHost } from '../lan-address.ts';
import type { CastDevice } from '../types.ts';

/** CASTV2's own. */
const DEFAULT_PORT = 8009;

/** A device by the address that a person typed: `host`, `host:port`, `[::1]:8009`. @throws `bad_request` */
export function manualDevice(address: string): CastDevice {
  const { host, port } = parse(address.trim());
  return {
    id: deviceAddress({ host, port }),
    name: port === DEFAULT_PORT ? urlHost(host) : deviceAddress({ host, port }),
    model: null,
    host,
    port,
    hasVideo: true,
    isManual: true,
  };
}

function parse(address: string): { host: string; port: number } {
  if (isIPv6(address)) return { host: address, port: DEFAULT_PORT };
  const [, host, port] = /^(\[[0-9a-f:.%]+\]|[a-z0-9._-]{1,253})(?::(\d{1,5}))?$/i.exec(address) ?? [];
  const bare = host?.replace(/^\[|\]$/g, '');
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  const isRight = bare !== undefined && (host === bare || isIPv6(bare)) && number >= 1 && number <= 65_535;
  if (!isRight) {
    throw new RaffiError(
      'bad_request',
      'This is not the address of a device. Type it as 192.168.1.20, or with a port: 192.168.1.20:8009.',
    );
  }
  return { host: bare, port: number };
}
