import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nodesOf, readTopology } from '../topology';
import { portInUse } from './free-ports';
import { NetworkFiles } from './network-files';
import { chaincodePort, makeRecord, readRecord } from './network-record';
import type { NetworkRecord } from './network-record';
import { withChosenPorts, withEveryPort } from './with-chosen-ports';

const topology = readTopology();
let files: NetworkFiles;

beforeAll(() => {
  files = new NetworkFiles(mkdtempSync(join(tmpdir(), 'kessai-ports-')));
});

afterAll(() => {
  rmSync(files.directory, { recursive: true, force: true });
});

/** A start that finds the first chaincode port it is given taken. */
function loserOf(first: NetworkRecord): (record: NetworkRecord) => Promise<NetworkRecord> {
  const lost = chaincodePort(first);
  return async (record) =>
    chaincodePort(record) === lost ? Promise.reject(portInUse(lost, 'chaincode')) : Promise.resolve(record);
}

describe('a port that another program took between its choice and its use', () => {
  test('is chosen anew where the network was made just now, and recorded', async () => {
    const record = await makeRecord(topology);
    const started = await withChosenPorts(files, true, record, loserOf(record));
    expect(chaincodePort(started)).not.toBe(chaincodePort(record));
    expect(readRecord(files)).toEqual(JSON.parse(JSON.stringify(started)));
  });

  test('is an error where the network had it before, for profiles name it', async () => {
    const record = await makeRecord(topology);
    await expect(withChosenPorts(files, false, record, loserOf(record))).rejects.toMatchObject({ code: 'PortInUse' });
  });

  test('is an error where the topology gives it', async () => {
    const given = await makeRecord({ ...topology, chaincode: { ...topology.chaincode, port: 17_001 } });
    await expect(withChosenPorts(files, true, given, loserOf(given))).rejects.toMatchObject({
      code: 'PortInUse',
      payload: { port: 17_001 },
    });
  });

  test('every node and the chaincode service have a port of their own, and so have the metrics of every process of ours', async () => {
    const { ports } = await makeRecord(topology);
    const nodes = topology.organisations.flatMap(nodesOf);
    const told = Object.keys(ports).filter((name) => name.startsWith('metrics.'));
    const schedulers = topology.organisations
      .filter(({ role }) => role === 'operator')
      .map(({ domain }) => `metrics.scheduler.${domain}`);
    expect(told.sort()).toEqual(['metrics.chaincode', 'metrics.engine', ...schedulers].sort());
    expect(new Set(Object.values(ports)).size).toBe(nodes.length + 1 + told.length);
  });

  test('a network of an earlier release is given the ports that it lacks, once, and keeps those that it has', async () => {
    const made = await makeRecord(topology);
    const ports = Object.fromEntries(Object.entries(made.ports).filter(([name]) => !name.startsWith('metrics.')));
    const earlier = { ...made, ports };
    const complete = await withEveryPort(files, earlier);
    expect(Object.keys(complete.ports).sort()).toEqual(Object.keys(made.ports).sort());
    expect(complete.ports).toMatchObject(ports);
    expect(new Set(Object.values(complete.ports)).size).toBe(Object.keys(made.ports).length);
    expect(JSON.parse(readFileSync(files.record, 'utf8'))).toEqual(complete);
    expect(await withEveryPort(files, complete)).toBe(complete);
  });

  test('how logs are written stays as it was chosen when ports are chosen anew', async () => {
    const logged: NetworkRecord = { ...(await makeRecord(topology)), logFormat: 'json' };
    const started = await withChosenPorts(files, true, logged, loserOf(logged));
    expect(chaincodePort(started)).not.toBe(chaincodePort(logged));
    expect(started.logFormat).toBe('json');
  });
});
