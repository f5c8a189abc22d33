/**
 * Names of the IPC channels between renderer and main. Apart from the schemas so that the preload, which runs sandboxed and
 * before the page, carries no schema library.
 */
export const CHANNELS = {
  healthGet: 'raffi:health:get',
  healthSubscribe: 'raffi:health:subscribe',
  healthUnsubscribe: 'raffi:health:unsubscribe',
  healthEvent: 'raffi:health:event',
  openPickFile: 'raffi:open:pick-file',
  openFile: 'raffi:open:file',
  openSubscribe: 'raffi:open:subscribe',
  openUnsubscribe: 'raffi:open:unsubscribe',
  openEvent: 'raffi:open:event',
  castIssueToken: 'raffi:cast:issue-token',
} as const;
