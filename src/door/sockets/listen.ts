/** Takes a port, or says in one line why not and what to do. */
import type { Server } from 'node:net';
import { LeafcutterError, log } from '../../runtime/index.ts';

export interface Place {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** @param option which changes the port @returns the port that it really is @throws LeafcutterError */
export async function listen(server: Server, { host, port }: Place, option: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(problemOf(error, host, port, option)));
    server.listen(port, host, resolve);
  });
  // Later ones, such as too many open files, concern one connection and must not end the process.
  server.on('error', (error) => log('warn', `a connection could not be taken: ${error.message}`));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function problemOf(
  cause: NodeJS.ErrnoException,
  host: string,
  port: number,
  option: string,
): LeafcutterError {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new LeafcutterError(
        'port-taken',
        `port ${port} is taken by another program; choose another with ${option}`,
        { cause },
      );
    case 'EACCES':
      return new LeafcutterError(
        'port-forbidden',
        `this user may not listen on port ${port}; choose one above 1023 with ${option}`,
        { cause },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new LeafcutterError(
        'bad-host',
        `"${host}" is no address of this machine; give one with --host`,
        {
          cause,
        },
      );
    default:
      return new LeafcutterError('listen-failed', `cannot listen: ${cause.message}`, { cause });
  }
}
