/** Where a terminal keeps its networks' jobs and scenes: with what other programs keep of a user between two runs. */
import { join } from 'node:path';

const OWN = 'leafcutter';

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
}

/** By the habits of the system: XDG Base Directory on Linux, Application Support on a Mac, AppData on Windows. */
export function keptFolder({ platform, env, home }: Surroundings): string {
  if (env['XDG_STATE_HOME']) return join(env['XDG_STATE_HOME'], OWN);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), OWN);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', OWN);
  return join(home, '.local', 'state', OWN);
}
