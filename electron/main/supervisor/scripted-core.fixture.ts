import type { FromCore, ToCore } from '../../ipc/core-protocol.ts';
import type { CoreProcess, CoreProcessEvents } from './supervisor.ts';

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
