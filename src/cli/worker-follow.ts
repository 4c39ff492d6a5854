/** Listens to a mesh and its renders for a worker's news. */
import type { JobId } from '../farm/index.ts';
import type { Mesh } from '../library/index.node.ts';
import type { RenderFarm } from '../render/job/index.ts';
import type { WorkerNews } from './worker-news.ts';

/** Tells of all that is there, and then of what changes. Returns the end of it. */
export function follow(
  mesh: Pick<Mesh, 'on' | 'members'>,
  farm: Pick<RenderFarm, 'jobs' | 'events'>,
  news: WorkerNews,
): () => void {
  const jobs = new Map<JobId, () => void>();
  const look = (): void => {
    for (const job of farm.jobs) {
      if (jobs.has(job.id)) continue;
      const changed = (): void => news.jobChanged(job);
      jobs.set(job.id, job.events.on('state', changed));
      changed();
    }
    for (const [id, off] of jobs) {
      if (farm.jobs.some((job) => job.id === id)) continue;
      off();
      jobs.delete(id);
      news.jobForgotten(id);
    }
  };
  const offs = [
    mesh.on('joined', ({ id, attributes }) => news.memberJoined(id, attributes)),
    mesh.on('left', ({ id, reason }) => news.memberLeft(id, reason)),
    farm.events.on('jobsChanged', look),
  ];
  for (const { id, attributes, isSelf } of mesh.members()) if (!isSelf) news.memberJoined(id, attributes);
  look();
  return () => {
    for (const off of [...offs, ...jobs.values()]) off();
  };
}
