// A network of GossipSub, as favourable to it as a bench can be: TCP on loopback in the clear, no signatures, everybody connected to everybody.
// It asks for Node 22; of that it uses this.
Promise.withResolvers ??= function withResolvers() {
  const made = {};
  made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};
const { gossipsub } = await import('@libp2p/gossipsub');
const { identify } = await import('@libp2p/identify');
const { mplex } = await import('@libp2p/mplex');
const { plaintext } = await import('@libp2p/plaintext');
const { tcp } = await import('@libp2p/tcp');
const { createLibp2p } = await import('libp2p');

const newNode = () =>
  createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [plaintext()],
    streamMuxers: [mplex()],
    // Whole networks from one address, at once.
    connectionManager: { inboundConnectionThreshold: 1e6, maxIncomingPendingConnections: 1e4 },
    // Its pings time out when the machine is busy, and it then closes its connections for good.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      // Above ten peers of one address it thinks ill of all of them, and sends them nothing.
      pubsub: gossipsub({
        globalSignaturePolicy: 'StrictNoSign',
        scoreParams: { IPColocationFactorWeight: 0 },
      }),
    },
  });

/** Of the others, by a newcomer. */
const KNOWN = 3;

/** @returns what ends it */
function listen(node, subject, onMessage) {
  const { pubsub } = node.services;
  const heard = ({ detail }) => {
    if (detail.topic === subject) onMessage(detail.data);
  };
  pubsub.addEventListener('message', heard);
  pubsub.subscribe(subject);
  return () => {
    pubsub.removeEventListener('message', heard);
    pubsub.unsubscribe(subject);
  };
}

/** As `SeveralNetwork` of bench/pubsub/several.ts. */
export async function openNetwork(count) {
  const nodes = [];
  for (let i = 0; i < count; i++) nodes.push(await newNode());
  for (const [i, node] of nodes.entries())
    for (const other of nodes.slice(0, i)) await node.dial(other.getMultiaddrs());
  let copies = 0;
  for (const { services } of nodes) {
    const { pubsub } = services;
    const handle = pubsub.handleReceivedMessage.bind(pubsub);
    pubsub.handleReceivedMessage = (...args) => {
      copies++;
      return handle(...args);
    };
  }
  return {
    copies: () => copies,
    async subscribe(index, subject, onMessage) {
      listen(nodes[index], subject, onMessage);
    },
    publish: (subject, bytes) =>
      nodes[0].services.pubsub.publish(subject, bytes, { allowPublishToZeroTopicPeers: true }),
    async join(subject, onMessage) {
      const node = await newNode();
      let end = listen(node, subject, onMessage);
      // Who comes knows some, and the publisher is none of them.
      for (const other of nodes.slice(1, 1 + KNOWN)) node.dial(other.getMultiaddrs()).catch(() => undefined);
      return {
        unsubscribe: () => end(),
        subscribe(next) {
          end = listen(node, subject, next);
        },
        close: () => node.stop(),
      };
    },
    async close() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}
