/** What commands that run for long write down: one line each on standard error, from a level up. */
import { type LogLevel, type LogSink, messageOf } from '../runtime/index.ts';

export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

const WEIGHT: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** @param write takes a line without its end. @param nowMs milliseconds since 1970 */
export function lineLog(least: LogLevel, write: (line: string) => void, nowMs: () => number): LogSink {
  return (level, text, detail) => {
    if (WEIGHT[level] < WEIGHT[least]) return;
    const end = detail === undefined ? '' : `: ${messageOf(detail)}`;
    write(`${new Date(nowMs()).toISOString()} ${level} ${text}${end}`);
  };
}
