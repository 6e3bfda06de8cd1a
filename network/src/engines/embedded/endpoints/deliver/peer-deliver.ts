import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { IMPLICIT_PREFIX } from '../../chaincode/transaction';
import type { Ledger, MspManager } from '../../ports';
import type { AccessControl } from '../access';
import { isConfigBlock } from '../blocks';
import { conversation } from '../calls';
import { filteredBlock } from './filtered-block';
import { deliver, type DeliverContext, type DeliverStatus, type SeekRequest } from './seek';

const { Status } = common;
const HEADER_WITH_SIG = 1;

export interface PeerDeliverContext {
  readonly channel: string;
  readonly mspId: string;
  readonly ledger: Ledger;
  readonly organisations: MspManager;
  readonly access: AccessControl;
  readonly timeWindow_ms: number;
  readonly now: () => number;
}

type Respond = (block: common.Block, request: SeekRequest) => Promise<peer.DeliverResponse>;

/** The block events of one organisation's peer: whole, filtered, and with the private values that the requester's organisation holds. */
export class PeerDeliver {
  readonly #context: PeerDeliverContext;

  constructor(context: PeerDeliverContext) {
    this.#context = context;
  }

  service(): UntypedServiceImplementation {
    return {
      deliver: this.#handler('event/Block', (block, request) => {
        const response = new peer.DeliverResponse();
        response.setBlock(asRequested(block, request));
        return Promise.resolve(response);
      }),
      deliverFiltered: this.#handler('event/FilteredBlock', (block) => {
        const response = new peer.DeliverResponse();
        response.setFilteredBlock(filteredBlock(block));
        return Promise.resolve(response);
      }),
      deliverWithPrivateData: this.#handler('event/Block', (block, request) => this.#withPrivateData(block, request)),
    };
  }

  #handler(resource: string, respond: Respond): ReturnType<typeof conversation<common.Envelope, peer.DeliverResponse>> {
    const { channel, access } = this.#context;
    const context: DeliverContext = {
      ...this.#context,
      authorise: (signed) => {
        access.check(resource, channel, signed);
      },
    };
    return conversation<common.Envelope, peer.DeliverResponse>(async (envelope, send, signal) => {
      const status = await deliver(
        context,
        envelope,
        async (block, request) => send(await respond(block, request)),
        signal,
      );
      await send(statusResponse(status));
      return status === Status.SUCCESS ? 'more' : 'last';
    });
  }

  async #withPrivateData(block: common.Block, request: SeekRequest): Promise<peer.DeliverResponse> {
    const { ledger: chain, mspId, organisations } = this.#context;
    const requester = organisations.identify(request.signed.identity).mspId;
    const result = new peer.BlockAndPrivateData();
    result.setBlock(block);
    const values = await chain.privateDataOf(BigInt(block.getHeader()?.getNumber() ?? 0), mspId);
    for (const [index, bytes] of values) {
      const visible = this.#visibleTo(requester, ledger.rwset.TxPvtReadWriteSet.deserializeBinary(bytes));
      if (visible.getNsPvtRwsetList().length > 0) {
        result.getPrivateDataMapMap().set(index, visible);
      }
    }
    const response = new peer.DeliverResponse();
    response.setBlockAndPrivateData(result);
    return response;
  }

  /**
   * Leaves out the collections of which the requester's organisation is no member. A peer of Fabric leaves out only those that are defined
   * with memberOnlyRead, for in a transaction the chaincode decides who reads; here no chaincode is asked, so only members are told.
   */
  #visibleTo(requester: string, values: ledger.rwset.TxPvtReadWriteSet): ledger.rwset.TxPvtReadWriteSet {
    const visible = new ledger.rwset.TxPvtReadWriteSet();
    visible.setDataModel(values.getDataModel());
    for (const namespace of values.getNsPvtRwsetList()) {
      const collections = namespace
        .getCollectionPvtRwsetList()
        .filter((collection) => this.#mayRead(requester, namespace.getNamespace(), collection.getCollectionName()));
      if (collections.length > 0) {
        const part = new ledger.rwset.NsPvtReadWriteSet();
        part.setNamespace(namespace.getNamespace());
        part.setCollectionPvtRwsetList(collections);
        visible.addNsPvtRwset(part);
      }
    }
    return visible;
  }

  #mayRead(requester: string, namespace: string, collection: string): boolean {
    if (collection.startsWith(IMPLICIT_PREFIX)) {
      return collection === `${IMPLICIT_PREFIX}${requester}`;
    }
    const definition = this.#context.ledger.definition(namespace)?.collections.get(collection);
    return definition?.members.includes(requester) === true;
  }
}

/** Headers and metadata alone where only these were asked for; a configuration is always whole. */
export function asRequested(block: common.Block, request: SeekRequest): common.Block {
  const contentType: number = request.seek.getContentType();
  if (contentType !== HEADER_WITH_SIG || isConfigBlock(block)) {
    return block;
  }
  const bare = new common.Block();
  bare.setHeader(block.getHeader());
  bare.setMetadata(block.getMetadata());
  return bare;
}

function statusResponse(status: DeliverStatus): peer.DeliverResponse {
  const response = new peer.DeliverResponse();
  response.setStatus(status);
  return response;
}
