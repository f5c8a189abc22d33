import { utilityProcess } from 'electron';
import { FromCoreSchema } from '../../ipc/core-protocol.ts';
import type { CoreProcess, CoreProcessEvents } from './supervisor.ts';

/** Starts the core's entry file as a utility process: Node without a window, supervised over a MessagePort. */
export function spawnCoreProcess(entry: string, events: CoreProcessEvents): CoreProcess {
  const child = utilityProcess.fork(entry, [], { serviceName: 'Raffi streaming core', stdio: 'inherit' });
  child.on('message', (data: unknown) => {
    const message = FromCoreSchema.safeParse(data);
    if (message.success) events.message(message.data);
    else console.error('A message of the streaming core was not understood:', message.error.message);
  });
  child.on('exit', (code) => events.exited(`The streaming core ended unexpectedly (code ${code}).`));
  return {
    post: (message) => child.postMessage(message),
    kill: () => {
      // Not child.kill(): that asks politely, and a core that hangs does not hear it.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
