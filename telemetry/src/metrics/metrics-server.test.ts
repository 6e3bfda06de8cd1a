import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Log } from '../log';
import { type MetricsServer, serveMetrics } from './metrics-server';
import { metricsPart, metricsText, processMetrics } from './process-metrics';

const running: { close(): unknown }[] = [];
const logged: string[] = [];
const log: Log = (level, message) => logged.push(`${level} ${message}`);

afterEach(() => {
  for (const one of running.splice(0)) one.close();
  logged.length = 0;
});

function serve(read: () => Promise<string>, port = 0): MetricsServer {
  const server = serveMetrics({ address: { host: '127.0.0.1', port }, read, log, retryMs: 20 });
  running.push(server);
  return server;
}

async function portOf(server: MetricsServer): Promise<number> {
  for (let tried = 0; tried < 500; tried += 1) {
    if (server.port !== undefined) return server.port;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`it does not listen: ${logged.join(', ')}`);
}

async function ask(port: number, path = '/metrics', method = 'GET'): Promise<Response> {
  return fetch(`http://127.0.0.1:${port.toString()}${path}`, { method });
}

describe('a metrics server', () => {
  test('answers at /metrics in the text form of Prometheus', async () => {
    const registry = processMetrics({ process: 'probe' });
    const response = await ask(await portOf(serve(async () => registry.metrics())));
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds']) {
      expect(text).toMatch(new RegExp(`^${name}\\{process="probe"\\} `, 'm'));
    }
  });

  test('answers nothing else, and takes nothing', async () => {
    const port = await portOf(serve(async () => 'told 1\n'));
    expect((await ask(port, '/')).status).toBe(404);
    expect((await ask(port, '/metrics/../secret')).status).toBe(404);
    const posted = await ask(port, '/metrics', 'POST');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await ask(port, '/metrics?name=x')).status).toBe(200);
  });

  test('whose figures cannot be read says so, without the words of the error, and goes on', async () => {
    let fails = true;
    const port = await portOf(
      serve(async () => (fails ? Promise.reject(new TypeError('account A-1003')) : 'told 1\n')),
    );
    const failed = await ask(port);
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain('A-1003');
    expect(logged).toEqual(['error metrics could not be read: TypeError']);
    fails = false;
    expect(await (await ask(port)).text()).toBe('told 1\n');
  });

  test('whose port another program has says so once, and serves when it is free', async () => {
    const other: Server = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const server = serve(async () => 'told 1\n', port);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.port).toBeUndefined();
    expect(logged).toEqual([
      `warn metrics cannot be served on 127.0.0.1:${port.toString()} (EADDRINUSE); trying again`,
    ]);
    other.close();
    expect(await (await ask(await portOf(server))).text()).toBe('told 1\n');
  });
});

describe('the metrics of two processes', () => {
  test('are one text, in which each metric is described once and nothing of one is added to the other', async () => {
    const parts = await Promise.all(['a', 'b'].map(async (name) => metricsPart(processMetrics({ process: name }))));
    // As they cross from one process to another.
    const text = await metricsText(JSON.parse(JSON.stringify(parts)) as typeof parts);
    expect(text.match(/^# TYPE process_start_time_seconds gauge$/gm)).toHaveLength(1);
    expect(text).toMatch(/^process_start_time_seconds\{process="a"\} \d+$/m);
    expect(text).toMatch(/^process_start_time_seconds\{process="b"\} \d+$/m);
    expect(text).not.toMatch(/null|undefined/);
  });
});
