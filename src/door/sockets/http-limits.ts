/**
 * How long whoever speaks HTTP to a door may take: for its headers, for a request as a whole, and for the handshake of TLS. Node's own are a
 * minute, five and two, looked at twice a minute, and each that says nothing meanwhile holds a socket of ours.
 */
export const HTTP_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};

/** nats-server's, over TCP and over WebSocket. */
export const TLS_HANDSHAKE_MS = 2_000;
