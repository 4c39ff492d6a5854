import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, opensslProblem, type TestCertificate } from './tls.testing.ts';
import { readTlsIdentity } from './tls.ts';

const problem = opensslProblem();
const DAY_MS = 24 * 60 * 60 * 1000;

describe.skipIf(problem)(`the certificate of an https server${problem ? `: ${problem}` : ''}`, () => {
  let made: TestCertificate;
  let other: TestCertificate;
  beforeAll(() => {
    made = makeCertificate('IP:192.0.2.7,DNS:studio.test,DNS:*.studio.test,DNS:localhost');
    other = makeCertificate('DNS:other.test');
  });
  afterAll(() => {
    made.remove();
    other.remove();
  });
  const read = (certFile: string, keyFile: string, now = Date.now()) =>
    readTlsIdentity({ certFile, keyFile }, now);

  it('is read with the hosts that it names, wildcards left out and names first', async () => {
    const identity = await read(made.certFile, made.keyFile);
    expect(identity.hosts).toEqual(['studio.test', 'localhost', '192.0.2.7']);
    expect(identity.cert.toString()).toContain('BEGIN CERTIFICATE');
    expect(identity.key.toString()).toContain('BEGIN PRIVATE KEY');
  });

  it('must come with its own key', async () => {
    await expect(read(made.certFile, other.keyFile)).rejects.toThrow(
      /is not the key of the certificate in .*cert\.pem/,
    );
  });

  it('must be valid at the time', async () => {
    await expect(read(made.certFile, made.keyFile, Date.now() + 2 * DAY_MS)).rejects.toThrow(/expired on/);
    await expect(read(made.certFile, made.keyFile, Date.now() - DAY_MS)).rejects.toThrow(/clock right/);
  });

  it('is named in one line when a file is missing or holds something else', async () => {
    const junk = join(made.certFile, '..', 'junk.pem');
    writeFileSync(junk, 'no PEM');
    const lines = await Promise.all(
      [
        read('/no/such/cert.pem', made.keyFile),
        read(made.certFile, '/no/such/key.pem'),
        read(junk, made.keyFile),
        read(made.certFile, junk),
      ].map((reading) => reading.then(String, (error: Error) => error.message)),
    );
    expect(lines[0]).toMatch(/^--tls-cert: \/no\/such\/cert\.pem cannot be read/);
    expect(lines[1]).toMatch(/^--tls-key: \/no\/such\/key\.pem cannot be read/);
    expect(lines[2]).toMatch(/junk\.pem holds no certificate/);
    expect(lines[3]).toMatch(/junk\.pem holds no private key/);
    for (const line of lines) expect(line).not.toContain('\n');
  });
});
