/**
 * Which pages may open a socket here. Browsers say in `Origin` which page asks; without this check any page on the web could
 * use this server through its visitors' browsers. Programs send no Origin and are let in: they could write any.
 */
import type { IncomingMessage } from 'node:http';

export interface OriginRules {
  /** Welcome beside the server's own, e.g. `https://example.org`; `*` is every page. */
  readonly others: ReadonlySet<string>;
  /** Whether X-Forwarded-Host is believed. */
  readonly isProxyTrusted: boolean;
}

export function isOriginWelcome(request: IncomingMessage, rules: OriginRules): boolean {
  const { origin, host, 'x-forwarded-host': forwarded } = request.headers;
  if (origin === undefined || rules.others.has('*') || rules.others.has(origin)) return true;
  if (!URL.canParse(origin)) return false;
  // A proxy that ends TLS changes the scheme and keeps the host, so the host alone is compared.
  const hosts = rules.isProxyTrusted ? [host, forwarded].flat() : [host];
  return hosts.some((own) => own !== undefined && sameHost(new URL(origin), own));
}

function sameHost(origin: URL, host: string): boolean {
  const own = `${origin.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === origin.host;
}
