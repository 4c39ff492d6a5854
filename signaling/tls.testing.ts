/** Certificates for tests, made by the system's `openssl`: none lies about in the repository. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from './tls.ts';

const REQUEST = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=test';

export interface TestCertificate extends TlsFiles {
  remove(): void;
}

/** Valid for a day from now. @param names e.g. "DNS:localhost,IP:127.0.0.1" */
export function makeCertificate(names: string): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'leafcutter-tls-'));
  const certFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  const files = ['-days', '1', '-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', [...REQUEST.split(' '), ...files, '-addext', `subjectAltName=${names}`], {
    stdio: 'ignore',
  });
  return { certFile, keyFile, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Why tests with certificates cannot run here; undefined where they can. */
export function opensslProblem(): string | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no openssl on this machine to make a certificate with';
  }
}
