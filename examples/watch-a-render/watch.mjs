// Prints every step of every render of a network, by the official NATS client; given a scene, it asks for a render of it first.
//   npx leafcutter door nats '<invite link>'      a door for NATS' clients
//   npx leafcutter join '<invite link>'           somebody who renders, and takes requests
//   node watch.mjs [scene.glb [options of `leafcutter render`]]
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { connect, headers } from '@nats-io/transport-node';

process.on('uncaughtException', ({ message }) => {
  console.error(message);
  process.exit(1);
});
const nc = await connect({ servers: process.env.NATS_URL ?? 'localhost:4222' });
const steps = nc.subscribe('leafcutter.job.*.*');
await nc.flush();

let wanted;
const [scene, ...options] = process.argv.slice(2);
if (scene) {
  const asked = headers();
  asked.set('Name', basename(scene));
  asked.set('Options', options.join(' '));
  const answer = await nc.request('leafcutter.job.submit', await readFile(scene), {
    headers: asked,
    timeout: 60_000,
  });
  const { job, error } = answer.json();
  if (error) throw new Error(error);
  console.log(`asked for ${job}`);
  wanted = job;
}
for await (const m of steps) {
  const step = m.subject.split('.').at(-1);
  const { job, title, progress, reason = '' } = m.json();
  console.log(`${title}: ${step}, ${Math.round(100 * progress)} % ${reason}`);
  if (job === wanted && (step === 'done' || step === 'failed')) break;
}
await nc.close();
