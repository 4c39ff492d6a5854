/**
 * The headers on every answer. The policy lets the page run only what this server ships, talk to this server and, over
 * WebSocket, to another one that an invite may name; the rest is closed. COOP and COEP make the page cross-origin
 * isolated where it is a secure context, which shared memory needs.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self' ws: wss: blob: data:",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  // The sandbox, and nothing else has a frame.
  "frame-src 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Of the frame in which functions of other devices run (public/sandbox.html): an origin that nothing shares, no address that it could
 * reach, and only the page may hold it. Its own script stands in it, and the functions come as texts.
 */
const SANDBOX_POLICY = [
  'sandbox allow-scripts',
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "frame-ancestors 'self'",
].join('; ');

/** For an address below the page's folder. */
export function securityHeaders(path: string): Readonly<Record<string, string>> {
  if (path !== '/sandbox.html') return SECURITY_HEADERS;
  return { ...SECURITY_HEADERS, 'Content-Security-Policy': SANDBOX_POLICY };
}

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=(), hid=(), midi=()',
};
