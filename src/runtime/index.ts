export { concatBytes, equalBytes, fromBase64Url, fromHex, toBase64Url, toHex } from './bytes.ts';
export { type Clock, systemClock, systemWallClock } from './clock.ts';
export { Emitter } from './emitter.ts';
export { CancelledError, LeafcutterError, messageOf } from './errors.ts';
export { Heap } from './heap.ts';
export { type LogLevel, type LogSink, log, reportError, setLogSink } from './log.ts';
export { integerBelow, type Random, seededRandom, systemRandom, uniform } from './random.ts';
export { sha256, sha256Sync } from './sha256.ts';
export { systemTimers, type Timers } from './timers.ts';
