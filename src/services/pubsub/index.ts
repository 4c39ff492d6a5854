export { type BrokerDependencies, createBroker } from './broker.ts';
export * from './contract.ts';
export { pattern, patternProblem, SubjectError, subject, subjectProblem } from './subject.ts';
