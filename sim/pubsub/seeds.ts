const { PUBSUB_SEEDS, PUBSUB_SEED } = process.env;

/** The first seed of every story, or as many as asked for, or one of them. */
export const seeds: readonly number[] =
  PUBSUB_SEED === undefined
    ? Array.from({ length: Number(PUBSUB_SEEDS ?? 1) }, (_, i) => i)
    : [Number(PUBSUB_SEED)];
