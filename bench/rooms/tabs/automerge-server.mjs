// Automerge's server: a Repo that shares all with everybody who connects. Prints its port.
import { createServer } from 'node:http';
import { Repo } from '@automerge/automerge-repo';
import { WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket';
import { WebSocketServer } from 'ws';

const http = createServer();
new Repo({ network: [new WebSocketServerAdapter(new WebSocketServer({ server: http }))] });
http.listen(Number(process.env.PORT), '127.0.0.1');
