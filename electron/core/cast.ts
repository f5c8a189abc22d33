import type { CastRemote } from '../../src/cast/types.ts';
import type { CastCommand } from '../ipc/cast.ts';

/** Does on the remote control what main was asked for. Resolves with the answer of `CAST_ANSWERS`; rejects as the remote control does. */
export async function runCast(remote: CastRemote, command: CastCommand): Promise<unknown> {
  switch (command.do) {
    case 'devices':
      return remote.snapshot().devices;
    case 'addDevice':
      return remote.addDevice(command.address);
    case 'load':
      return remote.load(command.request);
    case 'join':
      return remote.join(command.deviceId);
    case 'play':
      return remote.play();
    case 'pause':
      return remote.pause();
    case 'seek':
      return remote.seek(command.seconds);
    case 'setVolume':
      return remote.setVolume(command.level, command.isMuted);
    case 'setTracks':
      return remote.setTracks(command.tracks);
    case 'stop':
      return remote.stop();
    case 'check':
      return remote.check(command.sessionId);
  }
}
