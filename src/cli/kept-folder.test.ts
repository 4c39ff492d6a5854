import { expect, it } from 'vitest';
import { keptFolder } from './kept-folder.ts';

it('lies where the system keeps what programs want to find again, or where the user has put that', () => {
  const home = '/home/ada';
  expect(keptFolder({ platform: 'linux', env: {}, home })).toBe('/home/ada/.local/state/leafcutter');
  expect(keptFolder({ platform: 'darwin', env: {}, home })).toContain('Application Support');
  expect(keptFolder({ platform: 'win32', env: { LOCALAPPDATA: '/local' }, home })).toBe('/local/leafcutter');
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    expect(keptFolder({ platform, env: { XDG_STATE_HOME: '/state' }, home })).toBe('/state/leafcutter');
  }
});
