/** One place where the code speaks to a developer. Never give it a key or an invite link. */
import { messageOf } from './errors.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogSink = (level: LogLevel, text: string, detail?: unknown) => void;

const consoleSink: LogSink = (level, text, detail) => {
  if (level === 'debug') return;
  const line = `[leafcutter] ${text}`;
  // biome-ignore lint/suspicious/noConsole: the one sink that writes to the developer's console
  console[level](...(detail === undefined ? [line] : [line, detail]));
};

let sink: LogSink = consoleSink;

/** Sends what is logged elsewhere (a test, the terminal's stderr); `undefined` restores the console. */
export function setLogSink(next: LogSink | undefined): void {
  sink = next ?? consoleSink;
}

export function log(level: LogLevel, text: string, detail?: unknown): void {
  sink(level, text, detail);
}

/** Never throws: it is called where something has failed already. */
export function reportError(text: string, error: unknown): void {
  try {
    sink('error', text, error);
  } catch {
    sink('error', text, messageOf(error)); // a console that looks into the error meets what is thrown there
  }
}
