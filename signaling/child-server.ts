/** The server that tests start in a process of its own (child-process.ts), as its arguments say. */
import { setLogSink } from '../src/runtime/index.ts';
import { createSignalingServer } from './index.ts';

const [pageFolder = '', port, options = '{}'] = process.argv.slice(2);
setLogSink((level, text) => console.error(`${level} ${text}`));
const server = await createSignalingServer({
  ...{ host: '127.0.0.1', port: Number(port), pageFolder },
  ...JSON.parse(options),
});
process.once('SIGTERM', () => server.close().then(() => process.exit(0)));
console.log(`port ${server.port}`);
