import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { isOfOneView, jobSubject, keptProblem, nodeSubject, SUBMIT } from './kept-subjects.ts';
import { subject, subjectProblem } from './subject.ts';

describe('kept subjects', () => {
  const id: NodeId = newNodeId(seededRandom(1));

  it('are subjects', () => {
    for (const each of [nodeSubject(id, 'joined'), jobSubject('0a1b', 'progress'), SUBMIT])
      expect(subjectProblem(each)).toBeUndefined();
  });

  it('are not published to by clients, but for requests of renders', () => {
    expect(keptProblem(nodeSubject(id, 'left'))).toMatch(/said by Leafcutter itself/);
    expect(keptProblem(jobSubject('0a1b', 'done'))).toMatch(/leafcutter\.job\.submit/);
    expect(keptProblem('leafcutter.anything')).toBeDefined();
    for (const free of [SUBMIT, 'leafcutter', 'leafcutters.a', 'a.leafcutter.b', 'jobs.new'])
      expect(keptProblem(free)).toBeUndefined();
  });

  it('of Nodes are said by each Node for itself, those of Jobs are not', () => {
    expect(isOfOneView(nodeSubject(id, 'joined'))).toBe(true);
    expect(isOfOneView(jobSubject('0a1b', 'done'))).toBe(false);
    expect(isOfOneView(subject('leafcutter.nodes'))).toBe(false);
  });
});
