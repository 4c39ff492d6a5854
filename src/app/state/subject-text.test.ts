import { expect, it } from 'vitest';
import { subjectParts } from './subject-text.ts';

it('ids in a subject are cut, words stay, and the end stands apart', () => {
  expect(subjectParts('leafcutter.job.4b5bf689ce7f02c45541b507aabbccdd.progress')).toEqual({
    ...{ beginning: 'leafcutter.job.4b5b…', end: '.progress' },
  });
  expect(subjectParts('leafcutter.node.a0360000-1111-8222-8333-444455556666.left')).toEqual({
    ...{ beginning: 'leafcutter.node.a036…', end: '.left' },
  });
  expect(subjectParts('_INBOX.4b5bf689ce7f02c45541b5.1')).toEqual({ beginning: '_INBOX.4b5b…', end: '.1' });
  expect(subjectParts('deadbeef.internationalization')).toEqual({
    ...{ beginning: 'deadbeef', end: '.internationalization' },
  });
  expect(subjectParts('chat')).toEqual({ beginning: '', end: 'chat' });
});
