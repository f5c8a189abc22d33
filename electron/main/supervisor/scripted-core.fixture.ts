import type { FromCore, ToCore } from '../../ipc/core-protocol.ts';
import { type CoreProcess, type CoreProcessEvents, Supervisor } from './supervisor.ts';

/** A supervisor that starts scripted cores, and these, the latest last. */
export function scriptedSupervisor(): { supervisor: Supervisor; cores: ScriptedCore[] } {
  const cores: ScriptedCore[] = [];
  const supervisor = new Supervisor({
    spawn: (events) => {
      const core = new ScriptedCore(events);
      cores.push(core);
      return core;
    },
    defaults: { cacheDir: '/cache', resourcesDir: null },
    now: () => Date.now(),
  });
  return { supervisor, cores };
}

/** The core that runs. */
export function lastOf(cores: readonly ScriptedCore[]): ScriptedCore {
  const core = cores.at(-1);
  if (core === undefined) throw new Error('no core was started');
  return core;
}

/** A core process that does what the test says. */
export class ScriptedCore implements CoreProcess {
  readonly received: ToCore[] = [];
  readonly #events: CoreProcessEvents;
  killed = false;

  constructor(events: CoreProcessEvents) {
    this.#events = events;
  }

  post(message: ToCore): void {
    this.received.push(message);
    if (message.type === 'stop') this.die('asked');
  }

  kill(): void {
    this.killed = true;
    this.die('killed');
  }

  say(message: FromCore): void {
    this.#events.message(message);
  }

  die(reason: string): void {
    this.#events.exited(reason);
  }
}
