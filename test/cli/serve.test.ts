import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageFragment } from '../../src/cli/serve/page-fragment.ts';
import { createPageServer } from '../../src/cli/serve/page-server.ts';
import { listStaticFiles } from '../../src/cli/serve/static-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'lacpviz-serve-'));
const web = join(folder, 'web');
const capture = join(folder, 'a.pcap');
mkdirSync(join(web, 'assets'), { recursive: true });
writeFileSync(join(web, 'index.html'), '<!doctype html>');
writeFileSync(join(web, 'assets', 'app.js'), 'let x;');
writeFileSync(join(folder, 'secret'), 'secret');
writeFileSync(capture, Buffer.alloc(300_000, 7));

const server = createPageServer({
  files: [
    { path: capture, memberName: 'eth0', size: 300_000 },
    { path: '/proc/net/bonding/bond0', size: 3, content: Buffer.from('abc') },
  ],
  page: listStaticFiles(web),
  token: 'secret-token',
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** Raw: fetch would normalise the path and forbid the Host header. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }));
    });
    call.on('error', reject);
    call.end();
  });
}

describe('page address', () => {
  it('carries what the command line said, in the keys of the page', () => {
    const options = {
      sender: { kernel: '6.1' },
      sides: { a: { policy: 'layer3+4' }, b: { members: ['swp1', 'swp2'] } },
      local: ['02:00:00:00:00:01'],
      oneLag: true,
      threads: 0,
    };
    const values = new URLSearchParams(
      pageFragment({ serve: 't' }, { ...options, from: { kind: 'absolute', seconds: 1795228526, nanos: 5 } }, [
        { field: 'ip', value: '10.0.0.0/8' },
      ]),
    );
    expect(Object.fromEntries(values)).toEqual({
      serve: 't',
      policyA: 'layer3+4',
      kernelA: '6.1',
      kernelB: '6.1',
      membersB: 'swp1,swp2',
      local: '02:00:00:00:00:01',
      oneLag: '1',
      from: '2026-11-21T02:35:26.000000005Z',
      where: 'ip=10.0.0.0/8',
    });
    expect(pageFragment({ serve: 't' }, { sender: {}, sides: {}, local: [], oneLag: false, threads: 0 }, [])).toBe('serve=t');
  });
});

describe('page server', () => {
  it('serves the page with a policy that lets it talk to nobody else', async () => {
    const page = await get('/');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.headers['content-security-policy']).toMatch(/connect-src 'self'/);
    expect(page.headers['access-control-allow-origin']).toBeUndefined();
    expect((await get('/assets/app.js')).headers['content-type']).toMatch(/^text\/javascript/);
    expect((await get('/?x=1')).status).toBe(200);
  });

  it('lists and streams the files under the token', async () => {
    const list = await get('/api/secret-token/files');
    expect(JSON.parse(list.body.toString())).toEqual([
      { path: capture, name: 'eth0', size: 300_000 },
      { path: '/proc/net/bonding/bond0', size: 3 },
    ]);
    expect((await get('/api/secret-token/files/0')).body.equals(Buffer.alloc(300_000, 7))).toBe(true);
    expect((await get('/api/secret-token/files/1')).body.toString()).toBe('abc');
    const head = await get('/api/secret-token/files/0', {}, 'HEAD');
    expect([head.headers['content-length'], head.body.length]).toEqual(['300000', 0]);
  });

  it('refuses another token, another host, another site, another method, and paths that lead out', async () => {
    for (const path of [
      '/api/wrong/files',
      '/api//files',
      '/api/secret-token',
      '/api/secret-token/files/2',
      '/api/secret-token/files/-1',
      '/api/secret-token/files/0/x',
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
    for (const path of ['/../secret', '/..%2fsecret', '/assets/../../secret', '/%2e%2e/secret', '//etc/passwd', '/nothing'])
      expect((await get(path)).status, path).toBe(404);
    expect((await get('/', { host: 'evil.example' })).status).toBe(421);
    expect((await get('/', { host: '127.0.0.1' })).status).toBe(421);
    expect((await get('/api/secret-token/files', { 'sec-fetch-site': 'cross-site' })).status).toBe(404);
    expect((await get('/', {}, 'POST')).status).toBe(405);
  });
});
