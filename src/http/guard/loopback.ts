/**
 * Whether a `Host` header names loopback at our port. A page whose name was rebound to 127.0.0.1 (DNS rebinding) still sends its
 * own name here. An address literal of loopback cannot be rebound, so all of 127.0.0.0/8 is fine. The port may be absent.
 */
export function isLoopbackHost(host: string | undefined, localPort: number): boolean {
  const match = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::(\d{1,5}))?$/i.exec(host ?? '');
  if (match === null) return false;
  return match[2] === undefined || Number(match[2]) === localPort;
}

/** Whether an `Origin` is the core's own: that of what a browser shows at the core's address. Without a port it means 80. */
export function isOwnOrigin(origin: string, localPort: number): boolean {
  const host = /^http:\/\/(.+)$/i.exec(origin)?.[1];
  if (host === undefined) return false;
  return isLoopbackHost(/:\d+$/.test(host) ? host : `${host}:80`, localPort);
}
