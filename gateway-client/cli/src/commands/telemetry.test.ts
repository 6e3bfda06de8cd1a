import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type MetricsTarget, type NodeLog, logs, metricsTargets } from '@kessai/network';
import { processMetrics } from '@kessai/telemetry/metrics';
import { parse } from 'yaml';
import { runCommand } from '../program';
import { keepMetrics } from './keep-metrics';

const LIMIT_MS = 180_000;

let root: string;
let directory: string;

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'kessai-telemetry-')));
  directory = join(root, 'network');
  expect(await kessai('up', '--sample', '--log-format', 'json')).toMatchObject({ exitCode: 0 });
}, LIMIT_MS);

afterAll(async () => {
  await kessai('down', '--purge');
  rmSync(root, { recursive: true, force: true });
}, LIMIT_MS);

async function kessai(...args: readonly string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const told = { out: '', err: '' };
  const streams = {
    out: { write: (text: string) => (told.out += text) },
    err: { write: (text: string) => (told.err += text) },
  };
  const exitCode = await runCommand([...args, '--dir', directory], streams);
  return { exitCode, ...told };
}

async function toldAt({ address, path }: MetricsTarget): Promise<string> {
  const response = await fetch(`http://${address}${path}`);
  expect(response.status).toBe(200);
  return response.text();
}

async function targetsOf(kind: MetricsTarget['kind']): Promise<readonly string[]> {
  return Promise.all(
    metricsTargets({ directory })
      .filter((target) => target.kind === kind)
      .map(toldAt),
  );
}

function sumOf(texts: readonly string[], series: string): number {
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith(`${series} `))
    .reduce((sum, line) => sum + Number(line.slice(series.length + 1)), 0);
}

function entriesOf({ file }: NodeLog): readonly Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a market of the command', () => {
  test('has its schedulers, its chaincode and its engine tell Prometheus what they did', async () => {
    const schedulers = await targetsOf('scheduler');
    expect(sumOf(schedulers, 'kessai_scheduler_role{role="leading"}')).toBe(1);
    expect(sumOf(schedulers, 'kessai_scheduler_role{role="standby"}')).toBe(schedulers.length - 1);
    const cycles = sumOf(schedulers, 'kessai_scheduler_cycle_duration_seconds_count');
    expect(cycles).toBeGreaterThan(0);
    const chaincode = await targetsOf('chaincode');
    const executed = 'kessai_chaincode_transactions_total{method="Market:Cycle",outcome="answered",process="worker"}';
    expect(sumOf(chaincode, executed)).toBeGreaterThanOrEqual(cycles);
    const engine = await targetsOf('engine');
    expect(sumOf(engine, 'kessai_engine_transactions_total{validation_code="VALID"}')).toBeGreaterThan(cycles);
  });

  test('names no account, client, instrument or member in a figure', async () => {
    const texts = await Promise.all(metricsTargets({ directory }).map(toldAt));
    for (const text of texts) expect(text).not.toMatch(/A-1003|Musashino|JP3371200001|[A-Z][a-z]+MSP/);
  });

  test('tells no series that the administrator’s page does not describe, and the page describes no other', async () => {
    const keep = processMetrics();
    keepMetrics(keep);
    const texts = await Promise.all([...metricsTargets({ directory }).map(toldAt), keep.metrics()]);
    const told = texts.join('\n');
    const page = readFileSync(join(__dirname, '..', '..', '..', '..', 'docs', 'administrator.md'), 'utf8');
    const described = new Set(page.match(/(?<=`)kessai_[a-z_]+(?=[`{])/g));
    expect(described).toEqual(new Set(told.match(/(?<=^# TYPE )kessai_\S+/gm)));
  });

  test('is a whole configuration of Prometheus, one target for each of its processes', async () => {
    const { out } = await kessai('metrics');
    const { scrape_configs: configs } = parse(out) as { readonly scrape_configs: readonly Record<string, unknown>[] };
    expect(configs.map(({ job_name: name }) => name)).toEqual(metricsTargets({ directory }).map(({ name }) => name));
    for (const config of configs) expect(config).toMatchObject({ scheme: 'http', metrics_path: '/metrics' });
  });

  test('writes no line that is not JSON into any of its logs, and kessai logs shows them', async () => {
    const written = logs({ directory }).filter(({ bytes }) => bytes > 0);
    expect(written.map(({ name }) => name)).toEqual(expect.arrayContaining(['engine', 'chaincode']));
    expect(written.filter(({ kind }) => kind === 'scheduler').length).toBeGreaterThan(1);
    for (const log of written) {
      for (const entry of entriesOf(log)) expect(entry).toMatchObject({ process: log.name, level: expect.any(String) });
      const { out } = await kessai('logs', log.name, '--lines', '1');
      expect(JSON.parse(out)).toMatchObject({ process: log.name });
    }
  });

  test(
    'says of up --log-format on a network that runs that its processes go on as before',
    async () => {
      const { exitCode, err } = await kessai('up', '--log-format', 'text');
      expect(exitCode).toBe(0);
      expect(err).toContain('until they are started again');
      const [engine] = logs({ directory });
      expect(engine && entriesOf(engine).length).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );
});

describe('wrong usage', () => {
  test.each([
    [['up', '--log-format', 'xml'], '--log-format'],
    [['operate', '--as', 'ExchangeMSP', '--log-format', 'JSON'], '--log-format'],
    [['operate', '--as', 'ExchangeMSP', '--metrics', '9100'], '--metrics'],
    [['operate', '--as', 'ExchangeMSP', '--metrics', '127.0.0.1:99999'], '--metrics'],
  ])('%j is refused with the option, before anything is started', async (args, option) => {
    const { exitCode, err } = await kessai(...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(option);
  });

  test('a wish for a format in the environment that there is not is refused alike', async () => {
    process.env['KESSAI_LOG_FORMAT'] = 'logfmt';
    try {
      const { exitCode, err } = await kessai('up');
      expect([exitCode, err]).toEqual([2, expect.stringContaining('KESSAI_LOG_FORMAT')]);
    } finally {
      delete process.env['KESSAI_LOG_FORMAT'];
    }
  });
});
