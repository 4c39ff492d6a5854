/**
 * Requests for renders on `leafcutter.job.submit`: a scene's file comes in, the id of its Job goes out. Every `leafcutter join` serves them, as
 * one queue group. What a request may say is what `leafcutter render` may, in the same words.
 */
import { Command, CommanderError } from 'commander';
import type { RenderFarm } from '../render/job/index.ts';
import type { ReadSceneOptions, SceneFile } from '../render/scene/index.ts';
import { LeafcutterError, log, messageOf } from '../runtime/index.ts';
import { type Msg, type PubSub, SUBMIT } from '../services/pubsub/index.ts';
import type { BuiltFiles } from './built-files.ts';
import { environmentBytes } from './environment-bytes.ts';
import { addLookOptions } from './look-options.ts';
import { prepareFiles } from './prepared-scene.ts';
import { addPictureOptions, type PictureOptions } from './render-options.ts';
import { createThreadReader } from './thread-reader.ts';

export interface SubmitDesk {
  readonly pubsub: PubSub;
  readonly farm: Pick<RenderFarm, 'submit'>;
  readonly built: BuiltFiles;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const QUEUE = 'leafcutter';
const DEFAULT_NAME = 'scene.glb';
/** A file's name, without a folder: it says what kind of scene it is. */
const NAME = /^[^/\\\p{Cc}]{1,200}$/u;
/** A mebibyte is read in a few seconds; who packed more into it than that keeps the others waiting. */
const READING_MS = 30_000;
/** Of what an answer says in words. */
const MAX_TEXT = 500;
const MAX_NOTES = 100;

/** Resolves when it ends; one request is looked at after the other. Never rejects. */
export async function serveSubmissions({ pubsub, farm, built, signal }: SubmitDesk): Promise<void> {
  for await (const request of pubsub.subscribe(SUBMIT, { queue: QUEUE, signal })) {
    const answer = await submit(request, farm, built, signal).then(accepted, refused);
    try {
      request.respond(answer.text, answer.headers && { headers: answer.headers });
    } catch (error) {
      log('debug', `a request for a render was not answered: ${messageOf(error)}`);
    }
  }
}

interface Answer {
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const accepted = ({ job, title, notes }: Submitted): Answer => ({
  text: JSON.stringify({ job, notes: notes.slice(0, MAX_NOTES).map(cut), title: cut(title) }),
});

/** What went wrong may repeat what was asked, which may be as long as a message. */
function refused(error: unknown): Answer {
  const code = error instanceof LeafcutterError ? error.code : 'failed';
  const text = cut(oneLine(messageOf(error)));
  return {
    text: JSON.stringify({ error: text, code }),
    headers: { 'Nats-Service-Error': text, 'Nats-Service-Error-Code': '400' },
  };
}

interface Submitted {
  readonly job: string;
  readonly title: string;
  /** What of the scene is not shown. */
  readonly notes: readonly string[];
}

/** @throws LeafcutterError for what the requester can mend */
async function submit(
  { data, headers }: Msg,
  farm: SubmitDesk['farm'],
  built: BuiltFiles,
  signal: AbortSignal,
): Promise<Submitted> {
  const name = headers?.get('Name') || DEFAULT_NAME;
  if (!NAME.test(name)) throw new LeafcutterError('bad-name', `Name is a file's name, like ${DEFAULT_NAME}`);
  if (data.length === 0) {
    throw new LeafcutterError('no-scene', 'the payload is the scene: a .glb, or a .zip with all its files');
  }
  const options = optionsOf(headers?.values('Options') ?? []);
  const given = {
    files: new Map([[name, data]]),
    beside: () => Promise.resolve(undefined),
    read: readerFor(built, READING_MS),
  };
  const { scene, settings, title, source: packed } = await prepareFiles(given, options, { signal });
  const environmentMap = await environmentBytes(settings.environment, undefined, built);
  const source = packed();
  const { id: job } = await farm.submit({
    ...{ title, scene, settings },
    ...(source && { source }),
    ...(environmentMap && { environmentMap }),
  });
  return { job, title, notes: scene.warnings };
}

/** Reads in a thread: whatever a stranger sends, this one goes on. */
export function readerFor({ reader }: Pick<BuiltFiles, 'reader'>, longestMs: number) {
  const { readFiles } = createThreadReader(reader);
  return async (
    files: ReadonlyMap<string, Uint8Array>,
    { signal, beside: _, onProgress: __, ...choice }: ReadSceneOptions,
  ): Promise<SceneFile> => {
    const late = AbortSignal.timeout(longestMs);
    try {
      return await readFiles(files, choice, signal ? AbortSignal.any([signal, late]) : late);
    } catch (cause) {
      if (!late.aborted) throw cause;
      const seconds = longestMs / 1000;
      throw new LeafcutterError(
        'too-slow',
        `the scene was not read within ${seconds} s: send a simpler one`,
        {
          cause,
        },
      );
    }
  };
}

/** @param words as on a command line; each is divided at blanks. @throws LeafcutterError `bad-options` */
export function optionsOf(words: readonly string[]): PictureOptions {
  const silent = { writeOut: () => undefined, writeErr: () => undefined };
  const command = addLookOptions(addPictureOptions(new Command(SUBMIT).helpOption(false), false))
    .exitOverride()
    .configureOutput(silent)
    .allowExcessArguments(false);
  try {
    command.parse(
      words.flatMap((text) => text.split(/\s+/)).filter((word) => word !== ''),
      { from: 'user' },
    );
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    throw new LeafcutterError('bad-options', oneLine(cause.message.replace(/^error: /, '')), { cause });
  }
  const options = command.opts<PictureOptions>();
  if (options.workers !== undefined) throw unfit('--workers', 'it is for this machine’s own threads');
  if (options.env?.kind === 'file') throw unfit('--env', 'no file of this machine is read');
  return options;
}

function unfit(option: string, why: string): LeafcutterError {
  return new LeafcutterError('bad-options', `${option} cannot be asked for from outside: ${why}`);
}

const cut = (text: string): string => (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`);

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
