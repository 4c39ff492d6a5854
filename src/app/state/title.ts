/** The tab's title: the percentage while a render runs, so that one can look elsewhere meanwhile. */
import { percentOf } from './format.ts';
import type { JobView } from './jobs.ts';

export function titleOf(shown: JobView | undefined, networkName: string): string {
  if (!shown?.isRunning.value) return `${networkName} – Leafcutter`;
  const { samplesDone, samplesTotal } = shown.progress.value;
  return `${percentOf(samplesDone, samplesTotal)} % ${shown.job.title} – Leafcutter`;
}
