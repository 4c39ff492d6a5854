/** The certificate and key of an https server, checked when it starts: what TLS would only say to each browser is said once, here. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../src/runtime/index.ts';
import { ServerStartError } from './errors.ts';

export interface TlsFiles {
  /** PEM, the server's own certificate first. */
  readonly certFile: string;
  /** PEM, not encrypted. */
  readonly keyFile: string;
}

export interface TlsIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** What the certificate stands for, without wildcards: names first, then IP addresses. */
  readonly hosts: readonly string[];
}

/** @param now milliseconds since 1970 @throws ServerStartError `bad-certificate` */
export async function readTlsIdentity({ certFile, keyFile }: TlsFiles, now: number): Promise<TlsIdentity> {
  // One after the other: of two that cannot be read the same one is named each time.
  const cert = await readPem(certFile, '--tls-cert');
  const key = await readPem(keyFile, '--tls-key');
  const certificate = parseCertificate(cert, certFile);
  if (!certificate.checkPrivateKey(parseKey(key, keyFile))) {
    throw problem(
      `${keyFile} is not the key of the certificate in ${certFile}; give the two that belong together`,
    );
  }
  if (Date.parse(certificate.validTo) < now) {
    throw problem(
      `the certificate in ${certFile} expired on ${certificate.validTo}; renew it and start again`,
    );
  }
  if (Date.parse(certificate.validFrom) > now) {
    throw problem(
      `the certificate in ${certFile} is valid from ${certificate.validFrom} only; is this machine's clock right?`,
    );
  }
  return { cert, key, hosts: hostsOf(certificate.subjectAltName ?? '') };
}

/** From "DNS:studio.lan, DNS:*.example.org, IP Address:192.168.1.5". */
function hostsOf(subjectAltName: string): string[] {
  const entries = subjectAltName.split(', ').map((entry) => /^(DNS|IP Address):([\w.:-]+)$/.exec(entry));
  const of = (kind: string): string[] =>
    entries.flatMap((entry) => (entry?.[1] === kind && entry[2] !== undefined ? [entry[2]] : []));
  return [...of('DNS'), ...of('IP Address')];
}

async function readPem(file: string, option: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw problem(`${option}: ${file} cannot be read (${messageOf(cause)})`, cause);
  }
}

function parseCertificate(pem: Buffer, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw problem(
      `${file} holds no certificate; --tls-cert wants PEM ("-----BEGIN CERTIFICATE-----")`,
      cause,
    );
  }
}

function parseKey(pem: Buffer, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw problem(
      `${file} holds no private key without a passphrase; --tls-key wants PEM ("-----BEGIN PRIVATE KEY-----")`,
      cause,
    );
  }
}

function problem(message: string, cause?: unknown): ServerStartError {
  return new ServerStartError('bad-certificate', message, { cause });
}
