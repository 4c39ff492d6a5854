/** The options of `serve` about who may use the server and how much of it, and what it writes down. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LogLevel } from '../runtime/index.ts';
import { LOG_LEVELS } from './line-log.ts';

export interface UseOptions {
  readonly origin: readonly string[];
  readonly trustProxy?: boolean;
  readonly maxSockets?: number;
  readonly maxSocketsPerAddress?: number;
  readonly logLevel: LogLevel;
  readonly backplane?: string;
}

export function addUseOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--origin <origin>',
        'let pages of this origin use the server, too, * for all; may be repeated',
      )
        .default([], 'its own page only')
        .argParser((text, before: readonly string[]) => [...before, parseOrigin(text)]),
    )
    .option('--trust-proxy', 'believe X-Forwarded-For and -Host: only behind a proxy that sets them')
    .addOption(new Option('--max-sockets <number>', 'clients at once; 20000 without').argParser(parseCount))
    .addOption(
      new Option(
        '--max-sockets-per-address <number>',
        'clients at once of one address; 1024 without',
      ).argParser(parseCount),
    )
    .addOption(
      new Option(
        '--backplane <url>',
        'a NATS server (nats://host:port) through which several of these share one registry',
      ).env('LEAFCUTTER_BACKPLANE'),
    )
    .addOption(
      new Option('--log-level <level>', 'what to write to standard error; info has one line for each request')
        .choices(LOG_LEVELS)
        .default('warn'),
    );
}

/** The limits that were set. */
export function limitsOf({ maxSockets, maxSocketsPerAddress }: UseOptions): {
  readonly maxSockets?: number;
  readonly maxSocketsPerAddress?: number;
} {
  return {
    ...(maxSockets !== undefined && { maxSockets }),
    ...(maxSocketsPerAddress !== undefined && { maxSocketsPerAddress }),
  };
}

function parseOrigin(text: string): string {
  if (text === '*') return text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text) {
    throw new InvalidArgumentError(
      'An origin is a scheme and a host, like https://example.org; * is all of them.',
    );
  }
  return text;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,7}$/.test(text) || count === 0) throw new InvalidArgumentError('A number from 1 up.');
  return count;
}
