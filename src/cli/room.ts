/** `leafcutter room log | say | export`: into a room and out of it, for scripts. */
import { Command } from 'commander';
import { LeafcutterError, messageOf } from '../runtime/index.ts';
import type { Plain, RoomUpdate } from '../services/rooms/index.ts';
import { count, EXIT_CODES, type MeshOptions } from './mesh-command.ts';
import { payloadOf } from './message-options.ts';
import { addRoomOptions, type RoomWork, withWholeRoom } from './room-command.ts';
import { closedNote, exportRecord, updateLine, updateRecord } from './room-text.ts';

interface LogOptions extends MeshOptions {
  readonly follow: boolean;
  readonly count: number | undefined;
  readonly json: boolean;
}

interface SayOptions extends MeshOptions {
  readonly parse: boolean;
  readonly json: boolean;
}

export function roomCommand(): Command {
  return new Command('room')
    .description('read a room, write to it, save it')
    .addCommand(logCommand())
    .addCommand(sayCommand())
    .addCommand(exportCommand());
}

function logCommand(): Command {
  return addRoomOptions(new Command('log'))
    .description("print a room's updates, the oldest first")
    .option('-f, --follow', 'go on with those that come, until Ctrl+C (then the exit code is 0)', false)
    .option('-c, --count <number>', 'the last so many only', count)
    .option('--json', 'print one line of JSON for each', false)
    .addHelpText(
      'after',
      `
JSON: {"hash":hex,"author":hex,"at":ms since 1970 as the author claims,"parents":[hash],"update":what it says}; bytes are {"base64":text}.
Without --json control characters are replaced. The order is the room's; with --follow what comes later is printed as it comes.
What a checkpoint has closed is not kept, and not printed: a line on standard error says of how much that is so (not with --json).
${EXIT_CODES}`,
    )
    .action(printLog);
}

function sayCommand(): Command {
  return addRoomOptions(new Command('say'))
    .description('write one update to a room')
    .argument('<update>', 'a text; "-" reads standard input to its end')
    .option('-p, --parse', 'it is JSON, and the update is what that says', false)
    .option('--json', 'print one line of JSON: {"hash":hex}', false)
    .addHelpText(
      'after',
      `
It is done when another Node has it. Whether it does anything is up to the room's reducer, which is not here: ask for what it takes.
${EXIT_CODES}`,
    )
    .action(say);
}

function exportCommand(): Command {
  return addRoomOptions(new Command('export'))
    .description('print all that a room is made of, as one line of JSON')
    .addHelpText(
      'after',
      `
JSON: {"format":"leafcutter room export 1","room":id,"reducer":name,"limits":{...},"initial":state,"base":{"checkpoint":n,"updates":n,"state":state},
"updates":[as \`room log --json\`]}: with the reducer, the updates in this order give the state. They begin on the base, where there is
one: an administrator's checkpoint closed what was before, and it is not kept.
${EXIT_CODES}`,
    )
    .action(exportRoom);
}

async function printLog(link: string, options: LogOptions): Promise<void> {
  const print = (update: RoomUpdate): void =>
    console.log(options.json ? JSON.stringify(updateRecord(update)) : updateLine(update));
  const work = async ({ room, signal }: RoomWork): Promise<number> => {
    const updates = room.updates();
    const note = options.json ? undefined : closedNote(room);
    if (note !== undefined) console.error(`leafcutter: ${note}`);
    for (const update of updates.slice(options.count === undefined ? 0 : -options.count)) print(update);
    if (options.follow) await followed(room, signal, print);
    return 0;
  };
  await withWholeRoom(link, options, work, { isPassing: !options.follow });
}

function followed(
  room: RoomWork['room'],
  signal: AbortSignal,
  print: (update: RoomUpdate) => void,
): Promise<void> {
  const off = room.events.on('update', print);
  return new Promise((resolve) => {
    const end = (): void => {
      off();
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}

async function say(link: string, text: string, options: SayOptions): Promise<void> {
  const update = await updateOf(text, options.parse);
  const work = async ({ room, signal }: RoomWork): Promise<number> => {
    const hash = await room.update(update, { signal });
    if (options.json) console.log(JSON.stringify({ hash }));
    return 0;
  };
  await withWholeRoom(link, options, work, { isPassing: true });
}

async function exportRoom(link: string, options: MeshOptions): Promise<void> {
  const work = async ({ room }: RoomWork): Promise<number> => {
    console.log(JSON.stringify(exportRecord(room)));
    return 0;
  };
  await withWholeRoom(link, options, work, { isPassing: true });
}

async function updateOf(text: string, isJson: boolean): Promise<Plain> {
  const payload = await payloadOf(text);
  const said = typeof payload === 'string' ? payload : textOf(payload);
  if (!isJson) return said;
  try {
    return JSON.parse(said) as Plain;
  } catch (cause) {
    throw new LeafcutterError('bad-update', `the update is no JSON: ${messageOf(cause)}`, { cause });
  }
}

/** @throws LeafcutterError: an update stays for good, so nothing is put in the place of what is no text */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LeafcutterError('bad-update', 'standard input is no text in UTF-8: convert it first', {
      cause,
    });
  }
}
