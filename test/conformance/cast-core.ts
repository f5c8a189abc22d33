import { loadConfig } from '../../src/config.ts';
import { createCore } from '../../src/index.ts';
import type { SessionRequest } from '../../src/session/types.ts';

/**
 * A core in a process of its own, so that it can be killed as a crash kills it. Its last sessions are told before each answer, as a supervisor
 * keeps them. Argument: the sessions to restore, as JSON.
 */
export type CastCoreAsk = { id: number } & (
  | { open: SessionRequest }
  | { load: { deviceId: string; sessionId: string; startSeconds: number } }
  | { join: string }
  | { device: string }
  | { status: true }
);

const core = createCore(loadConfig(process.env, { port: 0, logLevel: 'silent', encoderSpeed: 2 }));
await core.start({ restore: JSON.parse(process.argv[2] ?? '[]') as SessionRequest[] });
core.subscribe((event) => {
  if (event.type === 'sessions') process.send?.({ sessions: event.sessions });
});
const found = new Set<string>();
core.cast.subscribe(({ devices }) => {
  for (const { id } of devices) found.add(id);
});

process.on('message', async (ask: CastCoreAsk) => {
  const answer = (value: unknown) => process.send?.({ id: ask.id, value });
  if ('open' in ask) answer((await core.open(ask.open)).sessionId);
  else if ('load' in ask) answer(await core.cast.load(ask.load));
  else if ('join' in ask) answer(await core.cast.join(ask.join));
  else if ('device' in ask) answer(found.has(ask.device));
  else answer(core.cast.snapshot().status);
});
process.send?.({ ready: true });
