/**
 * The terminal's entry: one file per command, each adding itself here. Exit codes: 0 when the command did its work, 1
 * when it did not, with one line on stderr that says why and what to do.
 */
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { version } from '../../package.json';
import { oneLine } from '../render/scene/index.ts';
import { LeafcutterError, messageOf } from '../runtime/index.ts';
import type { BuiltFiles } from './built-files.ts';
import { fetchCommand } from './fetch.ts';
import { jobsCommand } from './jobs.ts';
import { joinCommand } from './join.ts';
import { listenCommand } from './listen.ts';
import { nodesCommand } from './nodes.ts';
import { pingCommand } from './ping.ts';
import { renderCommand } from './render.ts';
import { sendCommand } from './send.ts';
import { serveCommand } from './serve.ts';
import { steerCommands } from './steer-job.ts';

// This file becomes dist/node/cli.js; the page and the threads' entries are built beside it.
const built: BuiltFiles = {
  page: new URL('../page/', import.meta.url),
  thread: new URL('render-thread-worker.js', import.meta.url),
  reader: new URL('read-thread-worker.js', import.meta.url),
};

const program = new Command('leafcutter')
  .description('Every tab you open becomes part of one path tracer.')
  .version(version, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .addCommand(serveCommand(fileURLToPath(built.page)))
  .addCommand(renderCommand(built))
  .addCommand(joinCommand(built))
  .addCommand(jobsCommand())
  .addCommand(fetchCommand(built))
  .addCommand(nodesCommand())
  .addCommand(pingCommand())
  .addCommand(sendCommand())
  .addCommand(listenCommand());

for (const command of steerCommands()) program.addCommand(command);
for (const command of [program, ...program.commands]) {
  // As our own errors: one line.
  command.configureOutput({
    outputError: (text, write) =>
      write(
        `leafcutter: ${text
          .replace(/^error: /, '')
          .trim()
          .replace(/\n/g, ' ')}\n`,
      ),
  });
}

/** Characters: names of files may be long, a terminal's lines are not. */
const MAX_MESSAGE = 1000;

try {
  await program.parseAsync();
} catch (error) {
  // What we expect is one line; what we do not is a bug and needs its stack.
  const isExpected = error instanceof LeafcutterError || !(error instanceof Error);
  const text = isExpected ? oneLine(messageOf(error), MAX_MESSAGE) : error.stack;
  console.error(`leafcutter: ${text}`);
  process.exitCode = 1;
}
