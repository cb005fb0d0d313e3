/** A real nginx with a configuration of deploy/nginx, in front of the replicas of a test. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createFolder } from './folder.ts';
import { freePort } from './redis.ts';

const CONFIGURATION = new URL('../../deploy/nginx/', import.meta.url);

/** Undefined where there is none: `.ci/run` installs one. */
export const nginxPath = [process.env['NGINX_PATH'], '/usr/sbin/nginx'].find(
  (path) => path !== undefined && existsSync(path),
);

export interface Nginx extends AsyncDisposable {
  readonly url: string;
}

/** The configuration as it is shipped, with the ports of the test in the place of those that it names. */
export async function startNginx(path: string, replicas: readonly [string, string]): Promise<Nginx> {
  const folder = await createFolder();
  const port = await freePort();
  const shipped = async (name: string) => readFile(new URL(name, CONFIGURATION), 'utf8');
  const [first, second] = replicas.map((url) => new URL(url).host);
  const replicated = (await shipped('replicas.conf'))
    .replace('127.0.0.1:4001', String(first))
    .replace('127.0.0.1:4002', String(second));
  const site = (await shipped('runloop-graphql.conf')).replace(
    'listen 8080',
    `listen 127.0.0.1:${String(port)}`,
  );
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder.path}/${name};`)
    .join('\n');
  const file = await folder.write(
    'nginx.conf',
    `daemon off;
pid ${folder.path}/pid;
error_log stderr;
events {}
http {
access_log off;
${temporary}
include ${await folder.write('replicas.conf', replicated)};
include ${await folder.write('site.conf', site)};
}
`,
  );
  const child = spawn(path, ['-p', folder.path, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${String(port)}`;
  while (!(await answers(url))) if (child.exitCode !== null) throw new Error(`nginx has ended: ${errors}`);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}
