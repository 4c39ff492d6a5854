/** `leafcutter door nats`: programs that speak NATS come in to a network, or to one of their own. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { DoorRunOptions } from './door-options.ts';
import { LOG_LEVELS } from './line-log.ts';
import { addPresenceOptions } from './mesh-command.ts';

export function doorCommand(): Command {
  return new Command('door').description('let clients of another protocol in').addCommand(natsCommand());
}

function natsCommand(): Command {
  return addPresenceOptions(
    new Command('nats').argument(
      '[invite]',
      'the link that the page shows, in quotes; without it the clients are a network of their own',
    ),
  )
    .description(
      'let any NATS client in, to talk with the tabs, with clients at other doors and with each other',
    )
    .option('-c, --config <file>', "NATS' configuration; what is said here goes first")
    .option('--host <address>', 'where to listen; all addresses: 0.0.0.0 (default: 127.0.0.1)')
    .option('--port <number>', 'for clients over TCP (default: 4222; 0 takes any)', parsePort)
    .addOption(portWithPreset('--ws-port [number]', 'for clients over WebSocket, pages among them', 9222))
    .addOption(
      portWithPreset('--monitor-port [number]', 'for /varz /connz /subsz /healthz, on loopback', 8222),
    )
    .addOption(repeatable('--user <name:password>', 'who may come in; may be repeated'))
    .addOption(new Option('--token <token>', 'who has it may come in').env('LEAFCUTTER_DOOR_TOKEN'))
    .addOption(repeatable('--nkey <public key>', 'who has its other half may come in; may be repeated'))
    .option('--anyone', 'let everyone in who reaches this machine, beyond loopback, too', false)
    .addOption(
      repeatable('--origin <origin>', 'pages that may connect, https://app.example or *; may be repeated'),
    )
    .option('--tls-cert <file>', 'certificate for TLS, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--advertise <host:port>', 'where clients elsewhere find this door, if not at its own addresses')
    .addOption(
      new Option('--log-level <level>', 'what to write to standard error')
        .choices(LOG_LEVELS)
        .default('warn'),
    )
    .addHelpText(
      'after',
      `
Ctrl+C ends it at once. SIGTERM tells the clients that it ends, lets them move to another door, and ends when they have left.
Exit codes: 0 stopped, 1 could not start (one line on stderr says why).`,
    )
    .action(async (invite: string | undefined, options: DoorRunOptions) => {
      const { runDoor } = await import('./door-run.ts');
      await runDoor(invite, options);
    });
}

function portWithPreset(flags: string, description: string, preset: number): Option {
  return new Option(flags, description).preset(String(preset)).argParser(parsePort);
}

/** An option that may be repeated. */
function repeatable(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([], 'none')
    .argParser((text: string, before: readonly string[]) => [...before, text]);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}
