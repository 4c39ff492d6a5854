/** What of the door runs in a page: the official NATS client in the tab itself. */
export { TabTransport } from './tab/tab-transport.ts';
