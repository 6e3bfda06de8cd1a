/** Messages of one transaction from a chaincode to its peer, by their type. */
export type Messages = Readonly<Record<string, number>>;

/** What a chaincode service says of a transaction's messages. */
export interface StreamLine {
  readonly offered?: { readonly keysPerRead: number; readonly recordsPerWrite: number };
  readonly transaction?: string;
  /** From the transaction's arrival to its answer. */
  readonly ms?: number;
  readonly sent?: Messages;
  readonly received?: Messages;
}

export function streamLines(serviceLog: string): readonly StreamLine[] {
  return [...serviceLog.matchAll(/ stream (\{.*\})$/gm)].map(([, json = '']) => JSON.parse(json) as StreamLine);
}

/** What a service sent for a transaction, by its own count. */
export function sentBy(serviceLog: string, transactionId: string): Messages {
  const line = streamLines(serviceLog).find(({ transaction }) => transaction === transactionId);
  if (!line?.sent) throw new Error(`The service has not counted the messages of ${transactionId}`);
  return line.sent;
}

const shortened = 8;

/** What a peer got of a transaction, by the debug log of its own chaincode support. */
export function gotBy(peerLog: string, transactionId: string): Messages {
  const handled = peerLog.matchAll(/\[([0-9a-f]+)\] handling ([A-Z_]+) from chaincode/g);
  const counts: Record<string, number> = {};
  for (const [, transaction, type = ''] of handled) {
    if (transaction === transactionId.slice(0, shortened)) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}
