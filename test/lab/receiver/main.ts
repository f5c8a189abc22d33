import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { announce } from './announce.ts';
import { Device } from './device.ts';
import { type ReceiverCommand, say } from './log.ts';

/**
 * A Chromecast of the lab, a process of its own: speaks CASTV2 over TLS, announces itself by mDNS, and plays what it is told by really fetching it.
 * Tells what it sees as lines of JSON; ends with its standard input.
 */
const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    name: { type: 'string', default: 'Lab TV' },
    model: { type: 'string', default: 'Chromecast' },
    speed: { type: 'string', default: '1' },
    'refuse-launch': { type: 'boolean', default: false },
    unannounced: { type: 'boolean', default: false },
  },
});

const { host, name, model } = values;
const device = new Device({
  host,
  port: Number(values.port),
  speed: Number(values.speed),
  refuseLaunch: values['refuse-launch'],
});
const port = await device.listen();
const announcement = values.unannounced ? undefined : announce({ name, model, host, port });
say({ kind: 'listening', port });

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line) as ReceiverCommand;
    if (command.do === 'drop') device.drop();
    else if (command.do === 'hush') device.hush(command.on);
    else if (command.do === 'announce') announcement?.announce();
    else announcement?.leave();
  })
  .on('close', () => process.exit());
