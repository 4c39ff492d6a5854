/**
 * What this device remembers between visits: its name, how many workers it lends, and when. Kept in IndexedDB; where that is
 * refused (private windows, blocked storage) the page works and merely forgets.
 */
import { get, set } from 'idb-keyval';
import { log } from '../../runtime/index.ts';

export interface Remembered {
  readonly deviceName?: string;
  readonly workers?: number;
  readonly onlyVisible?: boolean;
  readonly onlyOnMains?: boolean;
}

const KEY = 'leafcutter-device';
/** IndexedDB can hang while another tab upgrades or the disk sleeps; the page must not wait for it. */
const READ_TIMEOUT_MS = 400;

export async function recall(): Promise<Remembered> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, READ_TIMEOUT_MS, undefined));
  try {
    return readRemembered(await Promise.race([get<unknown>(KEY), late]));
  } catch (error) {
    log('info', 'this browser keeps nothing between visits', error);
    return {};
  }
}

export async function remember(change: Remembered): Promise<void> {
  try {
    await set(KEY, { ...(await recall()), ...change });
  } catch (error) {
    log('info', 'this browser keeps nothing between visits', error);
  }
}

/** An older or newer version of the page may have written it: take only what has the right type. */
export function readRemembered(value: unknown): Remembered {
  if (typeof value !== 'object' || value === null) return {};
  const { deviceName, workers, onlyVisible, onlyOnMains } = value as Record<string, unknown>;
  return {
    ...(typeof deviceName === 'string' && deviceName !== '' ? { deviceName } : {}),
    ...(typeof workers === 'number' && Number.isInteger(workers) && workers >= 0 ? { workers } : {}),
    ...(typeof onlyVisible === 'boolean' ? { onlyVisible } : {}),
    ...(typeof onlyOnMains === 'boolean' ? { onlyOnMains } : {}),
  };
}

const ADDRESS_KEY = 'leafcutter-invite-address';

/** The address chosen for invites, in localStorage: it belongs to the machine's networks, and is needed for the first link shown. */
export function rememberedInviteAddress(): {
  readonly remembered: string | undefined;
  remember(url: string): void;
} {
  const attempt = <T>(access: () => T): T | undefined => {
    try {
      return access();
    } catch {
      // Storage is blocked: the choice lasts for this visit.
      return undefined;
    }
  };
  return {
    remembered: attempt(() => localStorage.getItem(ADDRESS_KEY)) ?? undefined,
    remember: (url) => attempt(() => localStorage.setItem(ADDRESS_KEY, url)),
  };
}
