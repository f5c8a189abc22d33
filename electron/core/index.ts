import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { problem, RaffiError, toRaffiError } from '../../src/errors.ts';
import { type Core, createCore } from '../../src/index.ts';
import { type FromCore, type ToCore, ToCoreSchema } from '../ipc/core-protocol.ts';
import { runCast } from './cast.ts';

type Start = Extract<ToCore, { type: 'start' }>;

/** The core process's entry: the same core as headless, spoken to by main over the process's MessagePort. */
const port = process.parentPort;
let core: Core | null = null;
let stopWatchingCast = (): void => {};

/** Built beside this very file. */
const ENGINE = { torrentEntry: join(import.meta.dirname, 'torrent.js') };

port.on('message', ({ data }: { data: unknown }) => {
  const message = ToCoreSchema.safeParse(data);
  if (!message.success)
    throw new RaffiError('internal', `Main sent what is no message: ${message.error.message}`);
  void handle(message.data);
});

function send(message: FromCore): void {
  port.postMessage(message);
}

async function handle(message: ToCore): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message);
    case 'stop':
      await core?.stop();
      return process.exit(0);
    case 'health':
      return answer(message.requestId, async (running) => running.health());
    case 'open':
      return answer(message.requestId, (running) => running.open(message.request));
    case 'issueCastToken':
      return answer(message.requestId, async (running) => running.issueCastToken(message.request));
    case 'cast':
      return answer(message.requestId, (running) => runCast(running.cast, message.command));
    case 'watchCast':
      return watchCast(message.wanted);
  }
}

async function start({ defaults, port: keptPort, sessions }: Start): Promise<void> {
  try {
    const config = loadConfig(process.env, { ...defaults, ...ENGINE, portFallback: true, logLevel: 'warn' });
    const starting = createCore({ ...config, port: keptPort ?? config.port });
    starting.subscribe(send);
    const { baseUrl } = await starting.start({ restore: sessions });
    core = starting;
    send({ type: 'started', baseUrl });
    send({ type: 'health', health: starting.health() });
  } catch (error) {
    // Main ends this process once it has read why: exiting here could lose the message.
    send({ type: 'refused', problem: problem(toRaffiError(error)) });
  }
}

function watchCast(wanted: boolean): void {
  stopWatchingCast();
  stopWatchingCast =
    wanted && core !== null ? core.cast.subscribe((snapshot) => send({ type: 'cast', snapshot })) : () => {};
}

async function answer(requestId: number, ask: (running: Core) => Promise<unknown>): Promise<void> {
  try {
    if (core === null) throw new RaffiError('core_unavailable', 'The streaming core is still starting.');
    send({ type: 'answer', requestId, value: await ask(core) });
  } catch (error) {
    send({ type: 'problem', requestId, problem: problem(toRaffiError(error)) });
  }
}
