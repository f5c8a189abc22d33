import { type IpcMainEvent, ipcMain, type WebContents } from 'electron';
import type { SubscriptionChannels } from '../ipc/channels.ts';

/**
 * Lets a window subscribe: what `follow` pushes is sent to it until it unsubscribes, goes elsewhere or is closed. A window has one
 * subscription of a kind (its preload spreads what comes); asking again follows anew, so that it hears at once.
 *
 * @param assertPage throws for a sender that may not ask
 * @param follow pushes until the function it returns is called; gets what the window sent along
 */
export function offerSubscription<T>(
  channels: SubscriptionChannels,
  assertPage: (event: IpcMainEvent) => void,
  follow: (push: (value: T) => void, payload: unknown) => () => void,
): void {
  const ends = new Map<number, () => void>();
  const known = new WeakSet<WebContents>();
  const end = (id: number): void => {
    ends.get(id)?.();
    ends.delete(id);
  };
  ipcMain.on(channels.subscribe, (event, payload: unknown) => {
    assertPage(event);
    const { sender } = event;
    const { id } = sender;
    const push = (value: T): void => {
      if (!sender.isDestroyed()) sender.send(channels.event, value);
    };
    const endLast = ends.get(id);
    // The new one first: nothing is given up in between for want of listeners.
    ends.set(id, follow(push, payload));
    endLast?.();
    if (known.has(sender)) return;
    known.add(sender);
    whenGone(sender, () => end(id));
  });
  ipcMain.on(channels.unsubscribe, (event) => {
    assertPage(event);
    end(event.sender.id);
  });
}

/** Calls back when the page that is shown now is no more: closed, crashed, or replaced (a reload); more than once. */
function whenGone(sender: WebContents, gone: () => void): void {
  sender.once('destroyed', gone);
  sender.on('render-process-gone', gone);
  sender.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) gone();
  });
}
