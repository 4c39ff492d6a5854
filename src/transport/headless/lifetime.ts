/**
 * What libdatachannel has of the process. Its threads and callbacks keep the process alive, so they are let go of once nobody needs them.
 * Two things take the process down: to clean up under a connection that is still closing, and to let the collector have a channel
 * that has not told of its end, for the clean-up looks at it. A channel that never opened never tells.
 */
import { cleanup, type DataChannel } from 'node-datachannel';

/** Of channels that never opened; each has a kilobyte. Beyond, the collector may have them, and nothing is cleaned up any more. */
const MAX_SILENT_CHANNELS = 4_096;

let users = 0;
let connections = 0;
const ending = new Set<DataChannel>();
let hasForgotten = false;

/** Somebody who may open connections has come or gone. */
export function countUsers(change: 1 | -1): void {
  users += change;
  cleanUpIfIdle();
}

/** A connection was made, or has told of its end. */
export function countConnections(change: 1 | -1): void {
  connections += change;
  cleanUpIfIdle();
}

/** Closes a channel that nobody listens to any more, and keeps it for as long as it may still speak. */
export function endChannel(channel: DataChannel): void {
  ending.add(channel);
  try {
    channel.onClosed(() => setImmediate(() => ending.delete(channel)));
    channel.close();
  } catch {
    ending.delete(channel); // it has told of its end before
  }
  if (ending.size <= MAX_SILENT_CHANNELS) return;
  hasForgotten = true;
  for (const oldest of ending) {
    ending.delete(oldest);
    return;
  }
}

function cleanUpIfIdle(): void {
  if (users > 0 || connections > 0) return;
  // The callback that told us of the end is still running.
  setImmediate(() => {
    if (users > 0 || connections > 0 || hasForgotten) return;
    cleanup();
    ending.clear();
  });
}
