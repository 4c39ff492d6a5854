/** One place where the code speaks to a developer. Never give it a key or an invite link. */
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

export function reportError(text: string, error: unknown): void {
  sink('error', text, error);
}
