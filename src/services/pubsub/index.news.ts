/** A face of its own: how the system speaks on the subjects that are its own. Applications do not get it. */
export { sayer } from './driver/sayer.ts';
export { jobSubject } from './kept-subjects.ts';
