import { peer } from '@hyperledger/fabric-protos';
import { Counter, Gauge, processMetrics } from '@kessai/telemetry/metrics';
import type { Registry } from '@kessai/telemetry/metrics';
import type { Ledger } from '../ports';

const codes = Object.entries(peer.TxValidationCode) as [name: string, code: number][];
const codeNames = new Map(codes.map(([name, code]) => [code, name]));

/** What the embedded engine tells Prometheus of its ledger, with what every process tells: what stands in blocks, which are public on their channel. */
export function engineMetrics(ledger: Pick<Ledger, 'height' | 'onCommit'>): Registry {
  const registry = processMetrics();
  const registers = [registry];
  new Gauge({
    name: 'kessai_engine_ledger_height',
    help: 'Blocks of the channel.',
    registers,
    collect() {
      this.set(Number(ledger.height));
    },
  });
  const transactions = new Counter({
    name: 'kessai_engine_transactions_total',
    help: 'Transactions of the blocks that were committed since the process started, by their validation code.',
    labelNames: ['validation_code'],
    registers,
  });
  ledger.onCommit(({ validationCodes }) => {
    for (const code of validationCodes) {
      transactions.inc({ validation_code: codeNames.get(code) ?? code.toString() });
    }
  });
  return registry;
}
