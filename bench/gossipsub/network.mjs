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
    services: { identify: identify(), pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign' }) },
  });

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
      const { pubsub } = nodes[index].services;
      pubsub.addEventListener('message', ({ detail }) => {
        if (detail.topic === subject) onMessage(detail.data);
      });
      pubsub.subscribe(subject);
    },
    publish: (subject, bytes) =>
      nodes[0].services.pubsub.publish(subject, bytes, { allowPublishToZeroTopicPeers: true }),
    async close() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}
