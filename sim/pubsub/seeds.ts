const { PUBSUB_SEEDS, PUBSUB_SEED } = process.env;

/** Two seeds of every story, or as many as asked for, or one. */
export const seeds: readonly number[] =
  PUBSUB_SEED === undefined
    ? Array.from({ length: Number(PUBSUB_SEEDS ?? 2) }, (_, i) => i)
    : [Number(PUBSUB_SEED)];
