/**
 * A process that plays one portion of seeds after the other (`npm run sim -- --stdin`). To bundle the sources and to compile what is hot
 * takes three seconds of a core, as long as ten seeds of a small scenario: once for each process, not for each portion.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Result } from './run.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface Portion {
  readonly scenario: Scenario;
  readonly nodes: number;
  readonly firstSeed: number;
  readonly lastSeed: number;
}

/** As `npm run sim` has it: events live for a moment, and a collection every few milliseconds finds too many of them alive. */
const YOUNG_GENERATION = '--max-semi-space-size=64';
const COMPLAINT_CHARACTERS = 2000;

export class PortionPlayer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  #complaint = '';

  constructor(script: string) {
    const child = spawn(process.execPath, [YOUNG_GENERATION, script, '--stdin']);
    const complain = (text: unknown): void => {
      this.#complaint = `${this.#complaint}${text}`.slice(-COMPLAINT_CHARACTERS);
    };
    child.stderr.on('data', complain);
    child.on('error', complain);
    child.stdin.on('error', complain); // it is gone: `play` finds no answer
    this.#closed = new Promise((resolve) => child.on('close', resolve));
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** One at a time. @throws when the process ends without a result */
  async play({ scenario, nodes, firstSeed, lastSeed }: Portion): Promise<Result> {
    const what = `--scenario ${scenario.name} --nodes ${nodes} --seeds ${firstSeed}..${lastSeed}`;
    this.#complaint = '';
    this.#child.stdin.write(`${what} --json\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) {
      await this.#closed; // until then it may complain
      throw new Error(`${what} ended without a result: ${this.#complaint}`);
    }
    return JSON.parse(answer.value) as Result; // our own line
  }

  end(): void {
    this.#child.stdin.end();
  }
}
