/** Says on the mesh's subjects what there is to say of the Jobs that this Node coordinates. */
import type { Clock } from '../../runtime/index.ts';
import { jobSubject, sayer } from '../../services/pubsub/index.news.ts';
import type { Broker } from '../../services/pubsub/index.ts';
import type { JobView } from '../contract.ts';
import type { Farm } from '../farm.ts';
import { JobNews } from '../job-news.ts';

export interface AnnouncerDependencies {
  readonly farm: Pick<Farm, 'events' | 'jobs' | 'view'>;
  readonly broker: Pick<Broker, 'connect'>;
  readonly clock: Clock;
  /** Jobs as they were while the Broker was on its way, the oldest first: what began then may be over, and is told of all the same. */
  readonly seen?: readonly JobView[];
}

/** Once a Farm, and as long as it lives. */
export function announceJobs({ farm, broker, clock, seen = [] }: AnnouncerDependencies): void {
  const news = new JobNews();
  const say = sayer(broker);
  const look = (view: JobView | undefined): void => {
    const item = view && news.look(view, clock.now());
    if (item) say(jobSubject(item.record.job, item.kind), item.record, 'network');
  };
  farm.events.on('changed', ({ id }) => look(farm.view(id)));
  farm.events.on('removed', ({ id }) => news.forget(id));
  for (const view of [...seen, ...farm.jobs()]) look(view);
}
