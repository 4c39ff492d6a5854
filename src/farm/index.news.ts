/** A face of its own, for it brings publish and subscribe along, which most pages load later or never. */
export { announceJobs } from './driver/announcer.ts';
