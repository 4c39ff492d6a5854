export * from './client/errors.ts';
export { type HeaderInit, MsgHeaders } from './client/headers.ts';
export type { RequestManyOptions, RequestOptions } from './client/inbox.ts';
export { Msg, type Payload, type RespondOptions } from './client/msg.ts';
export {
  type PublishOptions,
  PubSub,
  type PubSubDependencies,
  type Stats,
  type Status,
  type Taken,
} from './client/pubsub.ts';
export { type SubscribeOptions, Subscription } from './client/subscription.ts';
export * from './contract.ts';
export { DOOR_ATTRIBUTES, isDoor } from './door-mark.ts';
export { type BrokerDependencies, createBroker } from './driver/broker.ts';
export { keptProblem, SUBMIT } from './kept-subjects.ts';
export { matches, pattern, patternProblem, SubjectError, subject, subjectProblem } from './subject.ts';
