import type { ClientDuplexStream } from '@grpc/grpc-js';
import { common, peer } from '@hyperledger/fabric-protos';
import { blockForm, privateForm } from './block-form';
import type { Lockstep } from './lockstep';
import { type SeekRange, seek } from './seek';
import type { Side } from './side';
import { collected } from './collected';

type BlockStream = ClientDuplexStream<common.Envelope, peer.DeliverResponse>;

const services: Readonly<Record<string, (client: peer.DeliverClient) => BlockStream>> = {
  blocks: (client) => client.deliver(),
  'filtered blocks': (client) => client.deliverFiltered(),
  'blocks with private data': (client) => client.deliverWithPrivateData(),
};

/**
 * What the peers of these organisations tell their own members of the blocks after the deployment, which has other transactions on each
 * network; and what they do not tell.
 *
 * @returns how many blocks were told, in all their forms.
 */
export async function compareBlocks(lockstep: Lockstep, askers: readonly string[]): Promise<number> {
  const { channel, height, firstBlock } = lockstep;
  const asked: readonly (SeekRange & { readonly channel?: string })[] = [
    { from: firstBlock, to: height - 1 },
    { from: height - 1, to: height + 5, failIfNotReady: true },
    { from: height + 5, to: height + 5, failIfNotReady: true },
    { from: height + 5, to: height + 5 },
    { from: firstBlock + 1, to: firstBlock },
    { from: firstBlock, to: firstBlock, channel: 'elsewhere' },
  ];
  let told = 0;
  for (const mspId of askers) {
    const client = lockstep.identity(mspId);
    for (const [name, open] of Object.entries(services)) {
      for (const range of asked) {
        const request = await seek(client, range.channel ?? channel, range);
        const [embedded, native] = await Promise.all([
          answersOf(lockstep.sides[0], open, mspId, request),
          answersOf(lockstep.sides[1], open, mspId, request),
        ]);
        const what = `${name} ${JSON.stringify(range)} as ${mspId}`;
        lockstep.differences.compare(`number of ${what}`, embedded.length, native.length);
        for (const [index, answer] of native.entries()) {
          const found = embedded[index];
          lockstep.differences.compare(
            `${what}, answer ${index.toString()}`,
            found && answerForm(found),
            answerForm(answer),
          );
        }
        told += native.length - 1;
      }
    }
  }
  return told;
}

/** Everything that a stream of blocks tells up to its last status. */
async function answersOf(
  side: Side,
  open: (client: peer.DeliverClient) => BlockStream,
  mspId: string,
  request: common.Envelope,
): Promise<readonly peer.DeliverResponse[]> {
  const stream = open(side.peer(mspId).deliver);
  stream.write(request);
  return collected<peer.DeliverResponse>(`${side.name}: the end of blocks`, stream, (answers) => {
    return answers.at(-1)?.getTypeCase() === peer.DeliverResponse.TypeCase.STATUS;
  });
}

function answerForm(answer: peer.DeliverResponse): unknown {
  const [block, filtered, both] = [answer.getBlock(), answer.getFilteredBlock(), answer.getBlockAndPrivateData()];
  if (block) return blockForm(block);
  if (filtered) return filtered.toObject();
  if (both) return { block: blockForm(both.getBlock() ?? new common.Block()), sets: privateForm(both) };
  return { status: answer.getStatus() };
}
