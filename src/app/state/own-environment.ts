/**
 * A panorama of the person's own. The page keeps the last one only: a large one is a hundred megabytes. It is chosen as soon as
 * it is read; while it is read, one can give up.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { EnvironmentChoice } from '../../render/settings.ts';
import { CancelledError, LeafcutterError, messageOf } from '../../runtime/index.ts';

export interface OwnEnvironment {
  /** Undefined until the first one is there. */
  readonly choice: ReadonlySignal<EnvironmentChoice | undefined>;
  /** The name of the file being read. */
  readonly reading: ReadonlySignal<string | undefined>;
  /** True once it is chosen. What goes wrong is told to `onRefused`. */
  read(file: File): Promise<boolean>;
  /** One that a render brought, encoded: chosen, too. */
  take(name: string, environment: Uint8Array): void;
  cancel(): void;
  /** Encoded. @throws LeafcutterError where it is another file's. */
  named(name: string): Uint8Array;
}

export function isEnvironmentFile({ name }: { readonly name: string }): boolean {
  return /\.(hdr|exr)$/i.test(name);
}

export function createOwnEnvironment(
  readFile: (file: File, signal: AbortSignal) => Promise<Uint8Array>,
  onRead: (choice: EnvironmentChoice) => void,
  onRefused: (name: string, reason: string) => void,
): OwnEnvironment {
  const choice = signal<EnvironmentChoice | undefined>(undefined);
  const reading = signal<string | undefined>(undefined);
  let kept: { readonly name: string; readonly environment: Uint8Array } | undefined;
  let abort = new AbortController();
  const take = (name: string, environment: Uint8Array): void => {
    kept = { name, environment };
    const fresh: EnvironmentChoice = { kind: 'file', name };
    choice.value = fresh;
    onRead(fresh);
  };
  return {
    choice,
    reading,
    async read(file) {
      abort.abort();
      abort = new AbortController();
      const { signal } = abort;
      // The settings allow 200 characters; people recognise a file by its end as well as by its beginning.
      const name = file.name.slice(-200);
      reading.value = name;
      try {
        const environment = await readFile(file, signal);
        if (signal.aborted) return false;
        take(name, environment);
        return true;
      } catch (error) {
        if (!signal.aborted && !(error instanceof CancelledError)) onRefused(name, messageOf(error));
        return false;
      } finally {
        if (!signal.aborted) reading.value = undefined;
      }
    },
    take,
    cancel() {
      abort.abort();
      reading.value = undefined;
    },
    named(name) {
      if (kept?.name === name) return kept.environment;
      throw new LeafcutterError('environment-missing', `${name} is not open any more: choose its file again`);
    },
  };
}
