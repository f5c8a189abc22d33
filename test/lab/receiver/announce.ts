import { createHash } from 'node:crypto';
import multicastDns from 'multicast-dns';

const SERVICE = '_googlecast._tcp.local';
const TTL_SECONDS = 120;

export interface Announced {
  name: string;
  model: string;
  host: string;
  port: number;
}

/** The `id` that a device of this name has: senders want a UUID. */
export function idOf(name: string): string {
  return createHash('md5').update(name).digest('hex');
}

/** Announces a device by mDNS at once, and to whoever asks. */
export function announce({ name, model, host, port }: Announced) {
  const socket = multicastDns({ interface: host, bind: '0.0.0.0' });
  socket.on('error', (error) => process.stderr.write(`mDNS: ${error.message}\n`));
  const id = idOf(name);
  const instance = `${model.replaceAll(' ', '-')}-${id}.${SERVICE}`;
  const target = `${id}.local`;
  const members = { id, md: model, fn: name, ca: model === 'Chromecast Audio' ? '2052' : '201221', ve: '05' };
  const text = Object.entries(members).map(([key, value]) => Buffer.from(`${key}=${value}`));
  const records = (ttl: number) => ({
    answers: [{ name: SERVICE, type: 'PTR', ttl, data: instance }],
    additionals: [
      { name: instance, type: 'SRV', ttl, data: { port, target, priority: 0, weight: 0 } },
      { name: instance, type: 'TXT', ttl, data: text },
      { name: target, type: 'A', ttl, data: host },
    ],
  });
  let isThere = true;
  socket.on('query', ({ questions = [] }) => {
    const names = [SERVICE, instance, target].map((one) => one.toLowerCase());
    if (isThere && questions.some((question) => names.includes(question.name.toLowerCase())))
      socket.respond(records(TTL_SECONDS));
  });
  const say = (ttl: number) => {
    isThere = ttl > 0;
    socket.respond(records(ttl));
  };
  say(TTL_SECONDS);
  return { announce: () => say(TTL_SECONDS), leave: () => say(0) };
}
