import { timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { nativePath } from '../native-path.ts';
import type { StaticFile } from './static-files.ts';

/** A file the user named: streamed from its path, or from memory where its size is not known beforehand (/proc). */
export interface ServedFile {
  readonly path: string;
  readonly memberName?: string;
  readonly size: number;
  readonly content?: Uint8Array;
}

export interface PageServerOptions {
  readonly files: readonly ServedFile[];
  readonly page: ReadonlyMap<string, StaticFile>;
  /** Part of the address of the files: unguessable, so that no other page in the browser can ask for them. */
  readonly token: string;
}

const SECURITY_HEADERS = {
  'Content-Security-Policy':
    // Workers compile the loops over frames, which is all that the second word allows.
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; " +
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** The page and the user's files, for the loopback address only. The caller listens. */
export function createPageServer(options: PageServerOptions): Server {
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (!isOwnHost(request, server)) return refuse(response, 421, 'this server answers to its own loopback address only');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'only GET');
    }
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path.startsWith('/api/')) return answerApi(path.slice(5), options, request, response);
    const file = options.page.get(path);
    if (file === undefined) return refuse(response, 404, 'there is no such page');
    response.setHeader('Cache-Control', 'no-cache');
    sendFile(file.path, file.size, file.contentType, request, response);
  });
  return server;
}

/** A name that another site points at 127.0.0.1 (DNS rebinding) arrives with its own Host header. */
function isOwnHost(request: IncomingMessage, server: Server): boolean {
  const address = server.address();
  if (address === null || typeof address === 'string') return false;
  const host = request.headers.host;
  return host === `127.0.0.1:${address.port}` || host === `localhost:${address.port}`;
}

function answerApi(rest: string, options: PageServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const [token, what, index, ...more] = rest.split('/');
  const site = request.headers['sec-fetch-site'];
  // Wrong token and wrong path answer alike.
  if (!isSameText(token, options.token) || (site !== undefined && site !== 'same-origin' && site !== 'none') || more.length > 0) {
    return refuse(response, 404, 'there is no such file');
  }
  response.setHeader('Cache-Control', 'no-store');
  if (what === 'files' && index === undefined) {
    const list = options.files.map(({ path, memberName, size }) => ({ path, ...(memberName !== undefined && { name: memberName }), size }));
    return sendBytes(Buffer.from(JSON.stringify(list)), 'application/json; charset=utf-8', request, response);
  }
  const file = what === 'files' && /^\d{1,6}$/.test(index) ? options.files[Number(index)] : undefined;
  if (file === undefined) return refuse(response, 404, 'there is no such file');
  if (file.content !== undefined) return sendBytes(file.content, 'application/octet-stream', request, response);
  sendFile(file.path, file.size, 'application/octet-stream', request, response);
}

function isSameText(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}

function sendBytes(bytes: Uint8Array, contentType: string, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function sendFile(path: string, size: number, contentType: string, request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'HEAD' || size === 0) {
    response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': size });
    response.end();
    return;
  }
  // A file that grows while it is served keeps to the size that was announced.
  const stream = createReadStream(nativePath(path), { end: size - 1, highWaterMark: 1 << 18 });
  stream.once('error', () => {
    if (!response.headersSent) refuse(response, 404, 'the file can no longer be read');
    else response.destroy();
  });
  stream.once('open', () => {
    response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': size });
    pipeline(stream, response, () => {});
  });
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${reason}\n`);
}
