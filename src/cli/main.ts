/**
 * The terminal's entry: one file per command, each adding itself here. Exit codes: 0 when the command did its work, 1
 * when it did not, with one line on stderr that says why and what to do.
 */
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { version } from '../../package.json';
import type { BuiltFiles } from './built-files.ts';
import { doorCommand } from './door.ts';
import { errorLine } from './error-line.ts';
import { fetchCommand } from './fetch.ts';
import { infoCommand } from './info.ts';
import { jobsCommand } from './jobs.ts';
import { joinCommand } from './join.ts';
import { keepCommand } from './keep.ts';
import { listenCommand } from './listen.ts';
import { stopWithoutReader } from './lost-reader.ts';
import { nodesCommand } from './nodes.ts';
import { pingCommand } from './ping.ts';
import { pubCommand } from './pub.ts';
import { renderCommand } from './render.ts';
import { replyCommand } from './reply.ts';
import { reqCommand } from './req.ts';
import { roomCommand } from './room.ts';
import { sendCommand } from './send.ts';
import { serveCommand } from './serve.ts';
import { steerCommands } from './steer-job.ts';
import { subCommand } from './sub.ts';

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
  .addCommand(infoCommand(built))
  .addCommand(joinCommand(built))
  .addCommand(jobsCommand())
  .addCommand(fetchCommand(built))
  .addCommand(nodesCommand())
  .addCommand(pingCommand())
  .addCommand(sendCommand())
  .addCommand(listenCommand())
  .addCommand(pubCommand())
  .addCommand(subCommand())
  .addCommand(reqCommand())
  .addCommand(replyCommand())
  .addCommand(keepCommand())
  .addCommand(roomCommand())
  .addCommand(doorCommand());

for (const command of steerCommands()) program.addCommand(command);
const nested = program.commands.flatMap(({ commands }) => commands);
for (const command of [program, ...program.commands, ...nested]) {
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

stopWithoutReader(process, process);

try {
  await program.parseAsync();
} catch (error) {
  console.error(errorLine(error));
  process.exitCode = 1;
}
