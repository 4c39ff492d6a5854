/** Which pages may connect: the origin that a browser says of its page, compared as text. */

/**
 * As browsers say it: in small letters, without the scheme's own port and without a path. Of any scheme: apps have their own. "*" is every
 * page, "null" one of a file. Undefined for what no page's origin can be.
 */
export function pageOrigin(text: string): string | undefined {
  if (text === '*' || text === 'null') return text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.host === '' || url.username !== '' || url.search !== '' || url.hash !== '')
    return undefined;
  return url.pathname === '' || url.pathname === '/'
    ? `${url.protocol}//${url.host.toLowerCase()}`
    : undefined;
}
