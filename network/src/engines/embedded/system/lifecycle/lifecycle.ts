import { peer } from '@hyperledger/fabric-protos';
import type { InstalledPackage, PackageStore } from '../../chaincode/package-store';
import { PackageNotFound } from '../../chaincode/package-store';
import type { TransactionScope } from '../../chaincode/transaction';
import type { AccessControl } from '../../endpoints/access';
import { parse } from '../../endpoints/parse';
import { messageOf } from '../../endpoints/rpc-error';
import type { Ledger, MspManager } from '../../ports';
import { failure, success, utf8, type SystemChaincode } from '../system-chaincodes';
import { LifecycleState, type Approval } from './approvals';
import { checkCollections } from './collections';
import type { ChaincodeParameters } from './definition';
import { LifecycleError } from './lifecycle-error';

const lifecycle = peer.lifecycle;

const CHAINCODE_NAME = /^[a-zA-Z0-9]+([-_][a-zA-Z0-9]+)*$/;
const CHAINCODE_VERSION = /^[A-Za-z0-9_.+-]+$/;
const RESERVED_NAMES: ReadonlySet<string> = new Set(['cscc', 'escc', 'lscc', 'qscc', 'vscc']);

export interface LifecycleContext {
  readonly channel: string;
  readonly mspId: string;
  readonly organisations: MspManager;
  /** The organisations that may approve: those of the channel's application, not those that only order. */
  readonly applicationMspIds: readonly string[];
  readonly ledger: Ledger;
  readonly packages: PackageStore;
  readonly access: AccessControl;
}

/** Something that can be asked for definitions of all kinds: the messages share their fields' names. */
interface DefinitionMessage {
  getVersion(): string;
  getInitRequired(): boolean;
  getEndorsementPlugin(): string;
  getValidationPlugin(): string;
  getValidationParameter_asU8(): Uint8Array;
  getCollections(): peer.CollectionConfigPackage | undefined;
}

interface DefinitionResult {
  setSequence(value: number): void;
  setVersion(value: string): void;
  setInitRequired(value: boolean): void;
  setEndorsementPlugin(value: string): void;
  setValidationPlugin(value: string): void;
  setValidationParameter(value: Uint8Array): void;
  setCollections(value: peer.CollectionConfigPackage): void;
}

/** Installs, approves and commits chaincode, and answers about it: Fabric's `_lifecycle` for one organisation's peer. */
export class Lifecycle implements SystemChaincode {
  readonly #context: LifecycleContext;

  constructor(context: LifecycleContext) {
    this.#context = context;
  }

  async invoke(args: readonly Uint8Array[], scope: TransactionScope): Promise<peer.Response> {
    if (args.length === 0) {
      return failure('lifecycle scc must be invoked with arguments');
    }
    if (args.length !== 2) {
      return failure(`lifecycle scc operations require exactly two arguments but received ${args.length.toString()}`);
    }
    const operation = utf8(args[0]);
    try {
      this.#context.access.checkProposal(`_lifecycle/${operation}`, scope.channelId, scope.signed);
    } catch (error) {
      return failure(`Failed to authorize invocation due to failed ACL check: ${messageOf(error)}`);
    }
    try {
      return success(await this.#dispatch(operation, args[1] ?? new Uint8Array(), scope));
    } catch (error) {
      if ((error instanceof LifecycleError && error.status === 404) || error instanceof PackageNotFound) {
        return failure(messageOf(error), 404);
      }
      return failure(`failed to invoke backing implementation of '${operation}': ${messageOf(error)}`);
    }
  }

  async #dispatch(operation: string, args: Uint8Array, scope: TransactionScope): Promise<Uint8Array> {
    switch (operation) {
      case 'InstallChaincode':
        return this.#install(parse(lifecycle.InstallChaincodeArgs, 'InstallChaincodeArgs', args));
      case 'QueryInstalledChaincode':
        return this.#queryInstalled(parse(lifecycle.QueryInstalledChaincodeArgs, 'QueryInstalledChaincodeArgs', args));
      case 'QueryInstalledChaincodes':
        return this.#queryAllInstalled();
      case 'GetInstalledChaincodePackage':
        return this.#package(
          parse(lifecycle.GetInstalledChaincodePackageArgs, 'GetInstalledChaincodePackageArgs', args),
        );
      default:
        return this.#dispatchOnChannel(operation, args, stateOf(scope), scope.channelId);
    }
  }

  async #dispatchOnChannel(
    operation: string,
    args: Uint8Array,
    state: LifecycleState,
    channel: string,
  ): Promise<Uint8Array> {
    switch (operation) {
      case 'ApproveChaincodeDefinitionForMyOrg':
        return this.#approve(state, parse(lifecycle.ApproveChaincodeDefinitionForMyOrgArgs, `${operation}Args`, args));
      case 'CheckCommitReadiness':
        return this.#readiness(state, parse(lifecycle.CheckCommitReadinessArgs, `${operation}Args`, args));
      case 'CommitChaincodeDefinition':
        return this.#commit(state, parse(lifecycle.CommitChaincodeDefinitionArgs, `${operation}Args`, args));
      case 'QueryChaincodeDefinition':
        return this.#queryCommitted(
          state,
          parse(lifecycle.QueryChaincodeDefinitionArgs, `${operation}Args`, args).getName(),
        );
      case 'QueryChaincodeDefinitions':
        return this.#queryAllCommitted(state);
      case 'QueryApprovedChaincodeDefinition': {
        const query = parse(lifecycle.QueryApprovedChaincodeDefinitionArgs, `${operation}Args`, args);
        const sequence = BigInt(query.getSequence());
        return approvedResult(await state.approved(this.#context.mspId, channel, query.getName(), sequence));
      }
      case 'QueryApprovedChaincodeDefinitions':
        return approvedResults(await state.allApproved(this.#context.mspId));
      default:
        throw new LifecycleError(`receiver *lifecycle.Invocation.${operation} does not exist`);
    }
  }

  async #install(args: peer.lifecycle.InstallChaincodeArgs): Promise<Uint8Array> {
    const installed = await this.#context.packages.install(args.getChaincodeInstallPackage_asU8());
    const result = new lifecycle.InstallChaincodeResult();
    result.setLabel(installed.label);
    result.setPackageId(installed.packageId);
    return result.serializeBinary();
  }

  async #queryInstalled(args: peer.lifecycle.QueryInstalledChaincodeArgs): Promise<Uint8Array> {
    const id = args.getPackageId();
    const installed = this.#context.packages.list().find(({ packageId }) => packageId === id);
    if (installed === undefined) {
      throw new LifecycleError(`could not find chaincode with package id '${id}'`);
    }
    const result = new lifecycle.QueryInstalledChaincodeResult();
    result.setLabel(installed.label);
    result.setPackageId(installed.packageId);
    const uses = (await this.#usesOf(installed)).map(({ name, version }) => {
      const use = new lifecycle.QueryInstalledChaincodeResult.Chaincode();
      use.setName(name);
      use.setVersion(version);
      return use;
    });
    if (uses.length > 0) {
      const references = new lifecycle.QueryInstalledChaincodeResult.References();
      references.setChaincodesList(uses);
      result.getReferencesMap().set(this.#context.channel, references);
    }
    return result.serializeBinary();
  }

  async #queryAllInstalled(): Promise<Uint8Array> {
    const result = new lifecycle.QueryInstalledChaincodesResult();
    for (const installed of this.#context.packages.list()) {
      const entry = new lifecycle.QueryInstalledChaincodesResult.InstalledChaincode();
      entry.setLabel(installed.label);
      entry.setPackageId(installed.packageId);
      const uses = (await this.#usesOf(installed)).map(({ name, version }) => {
        const use = new lifecycle.QueryInstalledChaincodesResult.Chaincode();
        use.setName(name);
        use.setVersion(version);
        return use;
      });
      if (uses.length > 0) {
        const references = new lifecycle.QueryInstalledChaincodesResult.References();
        references.setChaincodesList(uses);
        entry.getReferencesMap().set(this.#context.channel, references);
      }
      result.addInstalledChaincodes(entry);
    }
    return result.serializeBinary();
  }

  /** The committed definitions that this organisation runs with a package. */
  async #usesOf(installed: InstalledPackage): Promise<{ readonly name: string; readonly version: string }[]> {
    const { ledger, mspId, channel } = this.#context;
    const simulator = ledger.simulate('', mspId);
    try {
      const state = new LifecycleState(simulator);
      const uses: { name: string; version: string }[] = [];
      for (const { name, version, sequence } of ledger.definitions()) {
        const approval = await state.approved(mspId, channel, name, sequence).catch(() => undefined);
        if (approval?.packageId === installed.packageId) {
          uses.push({ name, version });
        }
      }
      return uses;
    } finally {
      simulator.discard();
    }
  }

  #package(args: peer.lifecycle.GetInstalledChaincodePackageArgs): Promise<Uint8Array> {
    const result = new lifecycle.GetInstalledChaincodePackageResult();
    try {
      result.setChaincodeInstallPackage(this.#context.packages.load(args.getPackageId()));
    } catch (error) {
      throw error instanceof PackageNotFound
        ? new LifecycleError(`could not load cc install package: ${error.message}`)
        : error;
    }
    return Promise.resolve(result.serializeBinary());
  }

  async #approve(
    state: LifecycleState,
    args: peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs,
  ): Promise<Uint8Array> {
    await this.#validate(state, args.getName(), args);
    await state.approve(this.#context.mspId, {
      chaincode: args.getName(),
      sequence: BigInt(args.getSequence()),
      parameters: parametersOf(args),
      packageId: args.getSource()?.getLocalPackage()?.getPackageId() ?? '',
    });
    return new lifecycle.ApproveChaincodeDefinitionForMyOrgResult().serializeBinary();
  }

  async #readiness(state: LifecycleState, args: peer.lifecycle.CheckCommitReadinessArgs): Promise<Uint8Array> {
    const definition = { sequence: BigInt(args.getSequence()), parameters: parametersOf(args) };
    const ready = await state.readiness(args.getName(), definition, this.#context.applicationMspIds);
    const result = new lifecycle.CheckCommitReadinessResult();
    for (const [mspId, approved] of ready.approvals) {
      result.getApprovalsMap().set(mspId, approved);
    }
    for (const [mspId, fields] of ready.mismatches) {
      const items = new lifecycle.CheckCommitReadinessResult.Mismatches();
      items.setItemsList([...fields]);
      result.getMismatchesMap().set(mspId, items);
    }
    return result.serializeBinary();
  }

  async #commit(state: LifecycleState, args: peer.lifecycle.CommitChaincodeDefinitionArgs): Promise<Uint8Array> {
    await this.#validate(state, args.getName(), args);
    const definition = { sequence: BigInt(args.getSequence()), parameters: parametersOf(args) };
    const { applicationMspIds, mspId } = this.#context;
    await state.commit(args.getName(), definition, applicationMspIds, mspId);
    return new lifecycle.CommitChaincodeDefinitionResult().serializeBinary();
  }

  async #queryCommitted(state: LifecycleState, name: string): Promise<Uint8Array> {
    const definition = await state.committed(name);
    if (definition === undefined) {
      throw new LifecycleError(`namespace ${name} is not defined`, 404);
    }
    const { approvals } = await state.agreement(name, definition, this.#context.applicationMspIds);
    const result = new lifecycle.QueryChaincodeDefinitionResult();
    fillDefinition(result, definition.sequence, definition.parameters);
    for (const [mspId, approved] of approvals) {
      result.getApprovalsMap().set(mspId, approved);
    }
    return result.serializeBinary();
  }

  async #queryAllCommitted(state: LifecycleState): Promise<Uint8Array> {
    const result = new lifecycle.QueryChaincodeDefinitionsResult();
    for (const name of await state.allCommitted()) {
      const definition = await state.committed(name);
      if (definition !== undefined) {
        const entry = new lifecycle.QueryChaincodeDefinitionsResult.ChaincodeDefinition();
        entry.setName(name);
        fillDefinition(entry, definition.sequence, definition.parameters);
        result.addChaincodeDefinitions(entry);
      }
    }
    return result.serializeBinary();
  }

  async #validate(state: LifecycleState, name: string, args: DefinitionMessage): Promise<void> {
    const doing = 'error validating chaincode definition';
    if (!CHAINCODE_NAME.test(name)) {
      throw new LifecycleError(
        `${doing}: invalid chaincode name '${name}'. Names can only consist of alphanumerics, '_', and '-' and can only begin with alphanumerics`,
      );
    }
    if (RESERVED_NAMES.has(name)) {
      throw new LifecycleError(`${doing}: chaincode name '${name}' is the name of a system chaincode`);
    }
    if (!CHAINCODE_VERSION.test(args.getVersion())) {
      throw new LifecycleError(
        `${doing}: invalid chaincode version '${args.getVersion()}'. Versions can only consist of alphanumerics, '_', '-', '+', and '.'`,
      );
    }
    const committed = (await state.committed(name))?.parameters.collections;
    try {
      checkCollections(args.getCollections(), committed, this.#context.organisations);
    } catch (error) {
      throw error instanceof LifecycleError ? new LifecycleError(`${doing}: ${error.message}`) : error;
    }
  }
}

function stateOf(scope: TransactionScope): LifecycleState {
  if (scope.simulator === undefined) {
    throw new LifecycleError("could not get channelconfig for channel ''");
  }
  return new LifecycleState(scope.simulator);
}

function parametersOf(message: DefinitionMessage): ChaincodeParameters {
  return {
    version: message.getVersion(),
    initRequired: message.getInitRequired(),
    endorsementPlugin: message.getEndorsementPlugin(),
    validationPlugin: message.getValidationPlugin(),
    validationParameter: message.getValidationParameter_asU8(),
    collections: message.getCollections() ?? new peer.CollectionConfigPackage(),
  };
}

function fillDefinition(result: DefinitionResult, sequence: bigint, parameters: ChaincodeParameters): void {
  result.setSequence(Number(sequence));
  result.setVersion(parameters.version);
  result.setInitRequired(parameters.initRequired);
  result.setEndorsementPlugin(parameters.endorsementPlugin);
  result.setValidationPlugin(parameters.validationPlugin);
  result.setValidationParameter(parameters.validationParameter);
  result.setCollections(parameters.collections);
}

function sourceOf(approval: Approval): peer.lifecycle.ChaincodeSource {
  const source = new lifecycle.ChaincodeSource();
  if (approval.packageId === '') {
    source.setUnavailable(new lifecycle.ChaincodeSource.Unavailable());
  } else {
    const local = new lifecycle.ChaincodeSource.Local();
    local.setPackageId(approval.packageId);
    source.setLocalPackage(local);
  }
  return source;
}

function approvedResult(approval: Approval): Uint8Array {
  const result = new lifecycle.QueryApprovedChaincodeDefinitionResult();
  fillDefinition(result, approval.sequence, approval.parameters);
  result.setSource(sourceOf(approval));
  return result.serializeBinary();
}

function approvedResults(approvals: readonly Approval[]): Uint8Array {
  const result = new lifecycle.QueryApprovedChaincodeDefinitionsResult();
  for (const approval of approvals) {
    const entry = new lifecycle.QueryApprovedChaincodeDefinitionsResult.ApprovedChaincodeDefinition();
    entry.setName(approval.chaincode);
    fillDefinition(entry, approval.sequence, approval.parameters);
    entry.setSource(sourceOf(approval));
    result.addApprovedChaincodeDefinitions(entry);
  }
  return result.serializeBinary();
}
