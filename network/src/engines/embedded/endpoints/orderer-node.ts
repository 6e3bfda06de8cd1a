import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import type { Broadcaster } from '../ordering/broadcaster';
import type { Ledger } from '../ports';
import { AccessDenied, unsatisfied } from './access';
import { conversation } from './calls';
import { asRequested } from './deliver/peer-deliver';
import { deliver, type DeliverContext } from './deliver/seek';

const { Status } = common;
const CHANNEL_READERS = '/Channel/Readers';

export interface OrdererContext {
  readonly channel: string;
  readonly ledger: Ledger;
  readonly broadcaster: Broadcaster;
  readonly timeWindow_ms: number;
  readonly now: () => number;
}

/** The AtomicBroadcast service of an orderer. */
export function ordererService(context: OrdererContext): UntypedServiceImplementation {
  const reading: DeliverContext = {
    ...context,
    authorise: (signed) => {
      if (context.ledger.policy(CHANNEL_READERS)?.satisfiedBy([signed]) !== true) {
        throw new AccessDenied(unsatisfied(CHANNEL_READERS));
      }
    },
  };
  return {
    broadcast: conversation<common.Envelope, orderer.BroadcastResponse>(async (envelope, send) => {
      const outcome = await context.broadcaster.process(envelope);
      const response = new orderer.BroadcastResponse();
      response.setStatus(outcome.status);
      response.setInfo(outcome.info);
      await send(response);
      return outcome.status === Status.SUCCESS ? 'more' : 'last';
    }),
    deliver: conversation<common.Envelope, orderer.DeliverResponse>(async (envelope, send, signal) => {
      const status = await deliver(
        reading,
        envelope,
        async (block, request) => {
          const response = new orderer.DeliverResponse();
          response.setBlock(asRequested(block, request));
          await send(response);
        },
        signal,
      );
      const response = new orderer.DeliverResponse();
      response.setStatus(status);
      await send(response);
      return status === Status.SUCCESS ? 'more' : 'last';
    }),
  };
}
