// What an item of a stage is, by its kind: the one list of what cores do together.

import { measureJob, writeJob } from './collapse';
import { help, setWork, WORK_MEASURE, WORK_REFERENCES, WORK_SCALE, WORK_SPLIT } from './crew';
import { scalePart, writePart } from './references';
import { splitTask } from './tasks';

export function perform(kind: i32, item: i32): void {
  if (kind == WORK_REFERENCES) writePart(item);
  else if (kind == WORK_SCALE) scalePart(item);
  else if (kind == WORK_SPLIT) splitTask(item);
  else if (kind == WORK_MEASURE) measureJob(item);
  else writeJob(item);
}

/** Takes part in what another instance builds over the same memory with that record, until it is over. @returns items done */
export function helpBuild(record: usize): i32 {
  setWork(perform);
  return help(record);
}
