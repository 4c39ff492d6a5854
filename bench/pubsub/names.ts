/** What the bench's tabs, and a client at a door to them, call things. */
export const BENCH_NETWORK = 'pubsub-bench';
export const BENCH_SUBJECT = 'bench.messages';
export const BENCH_DONE = 'bench.done';
