/**
 * The folder below which everything of the server is, for a reverse proxy that passes its prefix on. What comes without the
 * prefix belongs to somebody else. (A proxy that takes the prefix off needs none of this: every address in the page is relative.)
 */
import { ServerStartError } from './errors.ts';

const FOLDER = /^\/(?:[\w.~-]+\/)*$/;

/** "leafcutter", "/leafcutter" and "/leafcutter/" are "/leafcutter/". @throws ServerStartError `bad-base` */
export function basePath(text: string): string {
  const path = `/${text}/`.replaceAll(/\/+/g, '/');
  if (!FOLDER.test(path) || /\/\.{1,2}\//.test(path)) {
    throw new ServerStartError(
      'bad-base',
      `"${text}" is no path that the page can have: use --base /name/, of letters, digits and ._~-`,
    );
  }
  return path;
}

/** A request's target as the server would see it at the root, undefined where it lies outside of `base`. */
export function targetBelow(base: string, target: string): string | undefined {
  return target.startsWith(base) ? target.slice(base.length - 1) : undefined;
}

/** True for the folder without its slash: relative addresses would go astray there, so it is sent on. */
export function isFolderWithoutSlash(base: string, target: string): boolean {
  return base !== '/' && target.split('?', 1)[0] === base.slice(0, -1);
}
