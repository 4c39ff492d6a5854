/** What the commands of publish and subscribe have in common: a subject, headers, and how a message looks in a terminal. */
import { buffer } from 'node:stream/consumers';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { keptProblem, type Msg, patternProblem, subjectProblem } from '../services/pubsub/index.ts';
import { addMeshOptions, type MeshOptions } from './mesh-command.ts';
import { printable } from './printable.ts';

export interface HeaderOptions extends MeshOptions {
  readonly header: Readonly<Record<string, readonly string[]>>;
}

/** The invite, and a subject that one message has. */
export function addSubject(command: Command): Command {
  return addMeshOptions(command).addArgument(
    new Argument('<subject>', 'tokens between dots, as jobs.new').argParser((text: string) => {
      const subject = subjectOf(text);
      const problem = keptProblem(subject);
      if (problem) throw new InvalidArgumentError(`It cannot be published to: ${problem}.`);
      return subject;
    }),
  );
}

/** For arguments and options that name a subject. */
export function subjectOf(text: string): string {
  return checked(text, subjectProblem(text));
}

/** The invite, and what is subscribed to. */
export function addPattern(command: Command): Command {
  return addMeshOptions(command).addArgument(
    new Argument('<subject>', '"*" in it stands for one token, ">" at its end for the rest').argParser(
      (text: string) => checked(text, patternProblem(text)),
    ),
  );
}

function checked(text: string, problem: string | undefined): string {
  if (problem) throw new InvalidArgumentError(`It is no subject: ${problem}.`);
  return text;
}

export function addHeaders(command: Command): Command {
  return command.option(
    '-H, --header <name:value>',
    'a header; may be given several times',
    (text: string, before: HeaderOptions['header']) => {
      const [, name, value] = /^([^:\s]+):(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw new InvalidArgumentError('It is a name, a colon and a value.');
      return { ...before, [name]: [...(before[name] ?? []), value.trim()] };
    },
    {},
  );
}

/** As it was typed, or standard input to its end. */
export async function payloadOf(text: string): Promise<string | Uint8Array> {
  return text === '-' ? new Uint8Array(await buffer(process.stdin)) : text;
}

/** For programs. */
export function recordOf({ subject, from, reply, headers, lost, data }: Msg): object {
  const text = utf8(data);
  return {
    ...{ subject, from },
    ...(reply !== '' && { reply }),
    ...(headers && headers.size > 0 && { headers: Object.fromEntries(headers) }),
    ...(lost > 0 && { lost }),
    ...(text === undefined ? { base64: Buffer.from(data).toString('base64') } : { text }),
  };
}

/** For people. */
export function lineOf({ subject, from, lost, data }: Msg): string {
  const gap = lost > 0 ? `(${lost} lost)\n` : '';
  return `${gap}${from.slice(0, 8)} ${printable(subject)}: ${printableText(data)}`;
}

/** For people. Its subject was made for this one question, and tells nothing. */
export function answerLineOf({ from, data }: Msg): string {
  return `${from.slice(0, 8)}: ${printableText(data)}`;
}

const printableText = (data: Uint8Array): string => printable(utf8(data) ?? `(${data.length} bytes)`);

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
