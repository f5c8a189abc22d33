import { loadConfig } from '../../src/config.ts';
import { createCore } from '../../src/index.ts';
import type { SessionRequest } from '../../src/session/types.ts';

/** The core in a process of its own, so that its memory is its own and its event loop shares nothing with the origin's. */
type Ask = { id: number; open: SessionRequest } | { id: number; stop: true };

const core = createCore(loadConfig(process.env, { port: 0, logLevel: 'error' }));
const { baseUrl } = await core.start();
process.send?.({ baseUrl });

process.on('message', async (ask: Ask) => {
  if ('open' in ask) {
    process.send?.({ id: ask.id, ...(await core.open(ask.open)) });
    return;
  }
  await core.stop();
  process.send?.({ id: ask.id });
  process.disconnect();
});
