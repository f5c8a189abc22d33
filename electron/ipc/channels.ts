/**
 * Names of the IPC channels between renderer and main. Apart from the schemas so that the preload, which runs sandboxed and
 * before the page, carries no schema library.
 */
export const CHANNELS = {
  healthGet: 'raffi:health:get',
  health: subscription('raffi:health'),
  openPickFile: 'raffi:open:pick-file',
  openFile: 'raffi:open:file',
  open: subscription('raffi:open'),
  castIssueToken: 'raffi:cast:issue-token',
  castCommand: 'raffi:cast:command',
  cast: subscription('raffi:cast'),
} as const;

/** The page asks for `event`s, and asks for none any more. */
export interface SubscriptionChannels {
  subscribe: string;
  unsubscribe: string;
  event: string;
}

function subscription(name: string): SubscriptionChannels {
  return { subscribe: `${name}:subscribe`, unsubscribe: `${name}:unsubscribe`, event: `${name}:event` };
}
