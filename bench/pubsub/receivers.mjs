// The other side of bench/pubsub/door.ts, in a process of its own: official clients that count what they get, and one that answers.
//   node receivers.mjs PORT
// Speaks over IPC: { receive: clients, every: messages } is answered with { ready: true } when all have subscribed; each client then says on
// "bench.got.I" how many it has, at every so many. { serve: true } is answered when "bench.ask" is served.
import { connect } from '@nats-io/transport-node';

const servers = `127.0.0.1:${process.argv[2]}`;
let clients = [];

process.on('message', async ({ receive, every, serve }) => {
  await Promise.all(clients.map((nc) => nc.close()));
  clients = await Promise.all(Array.from({ length: serve ? 1 : receive }, () => connect({ servers })));
  for (const [i, nc] of clients.entries()) {
    if (serve) {
      nc.subscribe('bench.ask', { callback: (_error, msg) => msg.respond(msg.data) });
    } else {
      let got = 0;
      nc.subscribe('bench.messages', {
        callback: () => {
          if (++got % every === 0) nc.publish(`bench.got.${i}`, String(got));
        },
      });
    }
    await nc.flush();
  }
  process.send({ ready: true });
});
