export { LANE_MARK_BYTES } from './lanes.ts';
export { Links } from './links.ts';
export { refusalMessage } from './refusal.ts';
