/**
 * What this device remembers between visits: its name, how many workers it lends, and when. Kept in IndexedDB; where that is
 * refused (private windows, blocked storage) the page works and merely forgets.
 */
import { get, update } from 'idb-keyval';
import { log } from '../../runtime/index.ts';
import { databaseExists } from '../../services/disk/index.browser.ts';
import { readLastingSettings } from './remembered-form.ts';
import type { SettingsMemory } from './settings.ts';

export interface Remembered {
  readonly deviceName?: string;
  readonly workers?: number;
  readonly onlyVisible?: boolean;
  readonly onlyOnMains?: boolean;
}

const KEY = 'leafcutter-device';
/** As idb-keyval names its own. */
const DATABASE = 'keyval-store';
/** IndexedDB can hang while another tab upgrades or the disk sleeps; the page must not wait for it. */
const READ_TIMEOUT_MS = 400;

export async function recall(): Promise<Remembered> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, READ_TIMEOUT_MS, undefined));
  try {
    return readRemembered(await Promise.race([kept(), late]));
  } catch (error) {
    log('info', 'this browser keeps nothing between visits', error);
    return {};
  }
}

/** Most devices remember nothing: to look must not make the database. */
async function kept(): Promise<unknown> {
  return (await databaseExists(DATABASE)) ? get<unknown>(KEY) : undefined;
}

export async function remember(change: Remembered): Promise<void> {
  try {
    await update<unknown>(KEY, (before) => ({ ...readRemembered(before), ...change }));
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

/** localStorage, for what is needed before the first frame; where it is blocked, things last for this visit. */
const attempt = <T>(access: () => T): T | undefined => {
  try {
    return access();
  } catch {
    return undefined;
  }
};

const ADDRESS_KEY = 'leafcutter-invite-address';

/** The address chosen for invites: it belongs to the machine's networks, and is needed for the first link shown. */
export function rememberedInviteAddress(): {
  readonly remembered: string | undefined;
  remember(url: string): void;
} {
  return {
    remembered: attempt(() => localStorage.getItem(ADDRESS_KEY)) ?? undefined,
    remember: (url) => attempt(() => localStorage.setItem(ADDRESS_KEY, url)),
  };
}

const SETTINGS_KEY = 'leafcutter-settings';

export function rememberedSettings(): SettingsMemory {
  return {
    remembered: readLastingSettings(
      attempt(() => JSON.parse(localStorage.getItem(SETTINGS_KEY) ?? '{}') as unknown),
    ),
    remember: (settings) => attempt(() => localStorage.setItem(SETTINGS_KEY, JSON.stringify(settings))),
  };
}
