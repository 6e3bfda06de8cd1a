import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { peer } from '@hyperledger/fabric-protos';
import { chaincodePackage, outOfPolicy } from '@kessai/network';
import type { Deployment } from './twin-networks';
import { freePorts } from './twin-networks';
import { operators } from './twin-topology';

export const machine = 'machine';

/** Whose peers run it; any one of them endorses it. The last is a member of none of its collections. */
export const machineEndorsers: readonly string[] = [...operators, 'AlphaMSP'];

/** Its collections, all of them of the operators: one as collections are, one for members' hands alone, one with its own policy. */
export const machineCollections = ['open', 'closed', 'policed'] as const;

const startMs = 60_000;

export interface RunningMachine {
  readonly deployment: Deployment;
  stop(): Promise<void>;
}

/** Starts the chaincode that does what it is told, one process for the peers of both networks. */
export async function startMachine(): Promise<RunningMachine> {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port.toString()}`;
  const chaincode = chaincodePackage('machine_1', { address });
  const child = fork(join(__dirname, 'machine-chaincode.js'), [chaincode.packageId, address], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, CORE_CHAINCODE_LOGGING_LEVEL: 'fatal', CORE_CHAINCODE_LOGGING_SHIM: 'fatal' },
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await once(child, 'message', { signal: AbortSignal.timeout(startMs) });
  } catch (error) {
    await stop();
    throw new Error('The machine chaincode did not say that it serves', { cause: error });
  }
  return {
    deployment: {
      definition: {
        name: machine,
        version: '1',
        endorsementPolicy: policyOf(1, machineEndorsers),
        collections: collections(),
      },
      package: chaincode,
      approvers: machineEndorsers,
    },
    stop,
  };
}

function policyOf(outOf: number, mspIds: readonly string[]): peer.ApplicationPolicy {
  const policy = new peer.ApplicationPolicy();
  policy.setSignaturePolicy(outOfPolicy(outOf, mspIds, 'peer'));
  return policy;
}

function collections(): peer.CollectionConfigPackage {
  const message = new peer.CollectionConfigPackage();
  message.setConfigList(machineCollections.map(collection));
  return message;
}

function collection(name: (typeof machineCollections)[number]): peer.CollectionConfig {
  const members = new peer.CollectionPolicyConfig();
  members.setSignaturePolicy(outOfPolicy(1, operators, 'member'));
  const fixed = new peer.StaticCollectionConfig();
  fixed.setName(name);
  fixed.setMemberOrgsPolicy(members);
  // Whoever endorses alone sends the values to the others at once, and waits for one: what has come to nobody else when its block does is
  // not there for a while, sometimes.
  fixed.setRequiredPeerCount(1);
  fixed.setMaximumPeerCount(operators.length);
  fixed.setMemberOnlyRead(name === 'closed');
  fixed.setMemberOnlyWrite(name === 'closed');
  if (name === 'policed') fixed.setEndorsementPolicy(policyOf(operators.length, operators));
  const config = new peer.CollectionConfig();
  config.setStaticCollectionConfig(fixed);
  return config;
}
