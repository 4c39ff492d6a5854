export * from './contract.ts';
export { type BrokerDependencies, createBroker } from './driver/broker.ts';
export { pattern, patternProblem, SubjectError, subject, subjectProblem } from './subject.ts';
