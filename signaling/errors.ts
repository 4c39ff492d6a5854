/** Why the server did not start; each message is one line for the person at the terminal. */
import { LeafcutterError } from '../src/runtime/index.ts';

export type StartProblem =
  | 'port-taken'
  | 'port-forbidden'
  | 'bad-host'
  | 'bad-base'
  | 'bad-certificate'
  | 'bad-ice-servers'
  | 'bad-backplane'
  | 'page-missing'
  | 'listen-failed';

export class ServerStartError extends LeafcutterError {
  constructor(
    readonly problem: StartProblem,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(problem, message, options);
  }

  /** What `listen` failed with, in words. */
  static fromListen(error: NodeJS.ErrnoException, host: string, port: number): ServerStartError {
    const options = { cause: error };
    switch (error.code) {
      case 'EADDRINUSE':
        return new ServerStartError(
          'port-taken',
          `port ${port} is taken by another program; choose another with --port`,
          options,
        );
      case 'EACCES':
        return new ServerStartError(
          'port-forbidden',
          `this user may not listen on port ${port}; choose one above 1023 with --port`,
          options,
        );
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
      case 'EINVAL':
        return new ServerStartError(
          'bad-host',
          `"${host}" is no address of this machine; leave --host out to listen on all of them`,
          options,
        );
      default:
        return new ServerStartError('listen-failed', `cannot listen: ${error.message}`, options);
    }
  }
}
