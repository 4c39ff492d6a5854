/** Why a network could not be joined. */
import { LeafcutterError } from '../runtime/index.ts';

/** The signaling server did not answer in time. */
export class ServerUnreachableError extends LeafcutterError {
  constructor(server: URL, afterMs: number) {
    super(
      'server-unreachable',
      `no Leafcutter server answered at ${server.href} within ${afterMs / 1000} s; is it running there (\`leafcutter serve\`), and the address right?`,
    );
  }
}

/** The Nodes of that name are there and will not have us: a wrong key, most likely. */
export class NetworkRefusedError extends LeafcutterError {}
