/** Real reverse proxies with the configuration that docs/deploy.md shows, its ports, names and certificate replaced. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestCertificate } from '../../signaling/tls.testing.ts';
import { lastingPort } from './ports.ts';

/** The name that the examples use. */
export const PROXY_HOST = 'render.example.org';

export type ProxyName = 'nginx' | 'caddy';

export interface RunningProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** Why this proxy cannot be tested here; undefined where it can. */
export function proxyProblem(name: ProxyName): string | undefined {
  try {
    execFileSync(name, [name === 'nginx' ? '-v' : 'version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${name} is not installed (Debian: apt-get install ${name})`;
  }
}

/** In front of the server at `serverPort`. Resolves once it takes connections. */
export async function startProxy(
  name: ProxyName,
  serverPort: number,
  { certFile, keyFile }: TestCertificate,
): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), `leafcutter-${name}-`));
  const port = await lastingPort();
  const example = exampleOf(name === 'nginx' ? 'nginx' : 'caddyfile').replaceAll(
    '127.0.0.1:9000',
    `127.0.0.1:${serverPort}`,
  );
  const config = join(folder, 'config');
  let child: ChildProcess;
  if (name === 'nginx') {
    const site = example
      .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace(/ssl_certificate .*;/, `ssl_certificate ${certFile};`)
      .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${keyFile};`);
    writeFileSync(
      config,
      `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
       events { worker_connections 256; }
       http { access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;
         uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e; ${site} }`,
    );
    child = spawn('nginx', ['-p', folder, '-e', join(folder, 'error.log'), '-c', config], {
      stdio: 'ignore',
    });
  } else {
    const site = example.replace(
      `${PROXY_HOST} {`,
      `https://${PROXY_HOST}:${port} {\n\tbind 127.0.0.1\n\ttls ${certFile} ${keyFile}`,
    );
    writeFileSync(config, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
    child = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', config], {
      stdio: 'ignore',
      env: { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    });
  }
  await listening(child, port, name);
  return {
    port,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The one example in docs/deploy.md of that language. */
function exampleOf(language: string): string {
  const page = readFileSync(fileURLToPath(new URL('../../docs/deploy.md', import.meta.url)), 'utf8');
  const example = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  if (example === undefined) throw new Error(`docs/deploy.md shows no ${language} configuration`);
  return example;
}

/** Proxies do not say when they listen: connections are tried until one is taken or the process has ended. */
async function listening(child: ChildProcess, port: number, name: string): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} ended with ${child.exitCode} before it listened; is its configuration right?`);
}
