/** The child of `startOriginProcess`: first message the options, then one call per message; each is answered by one. */
import { once } from 'node:events';
import { type Origin, type OriginOptions, startOrigin } from './index.ts';
import type { OriginCall } from './process.ts';

const [options] = (await once(process, 'message')) as [OriginOptions];
const origin = await startOrigin(options);
process.on('message', (call: OriginCall) => process.send?.(answer(origin, call)));
// The parent has closed us, or died.
process.once('disconnect', () => void origin.close().then(() => process.exit(0)));
process.send?.(origin.port);

function answer(origin: Origin, call: OriginCall): unknown {
  switch (call.call) {
    case 'put':
      origin.put(call.path, call.file);
      return null;
    case 'setFaults':
      origin.setFaults(call.path, call.faults);
      return null;
    case 'setLink':
      Object.assign(origin.link, call.settings);
      return null;
    case 'log':
      return origin.log.entries;
    case 'clearLog':
      origin.log.clear();
      return null;
  }
}
