/** `leafcutter keep`: has a room on this machine's disk, so that it is there when everybody has gone. */
import { Command } from 'commander';
import { LeafcutterError } from '../runtime/index.ts';
import { type DiskOptions, diskFolder } from './disk-options.ts';
import { EXIT_CODES, type MeshOptions } from './mesh-command.ts';
import { pause } from './pause.ts';
import { addRoomOptions, type RoomWork, withRoom } from './room-command.ts';
import { diskText, roomLine, roomRecord } from './room-text.ts';

interface KeepOptions extends MeshOptions, DiskOptions {
  readonly json: boolean;
}

/** Between two lines about how it stands; nothing is said while nothing changes. */
const SAY_EVERY_MS = 1_000;
/** For what came last to be written. */
const LAST_WRITE_MS = 5_000;
const LOOK_EVERY_MS = 50;

export function keepCommand(): Command {
  return addRoomOptions(new Command('keep'))
    .description('keep a room on this machine until Ctrl+C, and give it to whoever comes')
    .option('--disk <folder>', "where to keep it (default: the user's folder for what programs keep)")
    .option('--no-disk', 'in memory only')
    .option('--json', 'print one line of JSON whenever something changes', false)
    .addHelpText(
      'after',
      `
It needs neither the room's reducer nor the right to write: a read link will do. What it has lies on the disk sealed as it came.
JSON: {"type":"looking","why":sentence} where nobody who has the room by that link is here for three seconds; {"type":"opened","room":id,"reducer":name} when it is; then {"type":"status","updates":n,"others":n,"sync":{type,...},"disk":{type,...}}
whenever that is another, at most once a second; {"type":"leaving"} at the end. Without --json the same, for people, on standard error.
It ends with 1 where not all of the room is on the disk by then.
${EXIT_CODES}`,
    )
    .action(keep);
}

async function keep(link: string, options: KeepOptions): Promise<void> {
  const { json } = options;
  const folder = diskFolder(options);
  const tell = (text: string, record: object): void => {
    if (json) console.log(JSON.stringify(record));
    else console.error(text);
  };
  const work = async ({ room, signal }: RoomWork): Promise<number> => {
    const { reducer } = room.beginning;
    tell(`keeping ${reducer} (${room.id.slice(0, 8)})`, { type: 'opened', room: room.id, reducer });
    let said = '';
    while (!signal.aborted) {
      const text = roomLine(room);
      if (text !== said) tell(text, { type: 'status', ...roomRecord(room) });
      said = text;
      await pause(SAY_EVERY_MS, signal);
    }
    tell('leaving', { type: 'leaving' });
    const never = new AbortController().signal;
    for (
      let waitedMs = 0;
      room.disk.type === 'storing' && waitedMs < LAST_WRITE_MS;
      waitedMs += LOOK_EVERY_MS
    ) {
      await pause(LOOK_EVERY_MS, never);
    }
    const { type } = room.disk;
    if (type === 'storing' || type === 'trouble') {
      throw new LeafcutterError('not-kept', `not all of the room is on the disk: ${diskText(room.disk)}`);
    }
    return 0;
  };
  const onLooking = (why: string): void => tell(`${why}: looking on`, { type: 'looking', why });
  await withRoom(link, options, work, { onLooking, ...(folder !== undefined && { folder }) });
}
