import { expect, it } from 'vitest';
import { shortSubject } from './subject-text.ts';

it('ids in a subject are cut, words stay, and so does the end', () => {
  expect(shortSubject('leafcutter.job.4b5bf689ce7f02c45541b507aabbccdd.progress')).toBe(
    'leafcutter.job.4b5b….progress',
  );
  expect(shortSubject('leafcutter.node.a0360000-1111-8222-8333-444455556666.left')).toBe(
    'leafcutter.node.a036….left',
  );
  expect(shortSubject('sensor.17.temperature')).toBe('sensor.17.temperature');
  expect(shortSubject('deadbeef.internationalization.>')).toBe('deadbeef.internationalization.>');
});
