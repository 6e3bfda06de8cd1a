import { Counter, Gauge, Histogram, type Registry } from '@kessai/telemetry/metrics';

/** What became of a transaction: it was answered, refused with a reason, or failed in a way that was not foreseen. */
export type TransactionOutcome = 'answered' | 'refused' | 'failed';

/** A transaction that was simulated. Its method is one of the chaincode's; any other name is `unknown`, for names are the caller's. */
export interface SimulatedTransaction {
  readonly method: string;
  readonly outcome: TransactionOutcome;
  readonly ms: number;
}

export type Direction = 'received' | 'sent';

/** Told of what the chaincode does. */
export interface ChaincodeObserver {
  simulated(transaction: SimulatedTransaction): void;
  /** Bytes of a message from or to a peer, without its frame. */
  carried(direction: Direction, bytes: number): void;
}

/** Seconds. A peer gives up after thirty. */
const durations = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Counts what the chaincode does, for Prometheus. By method alone, never by who asked or for what: how many instructions a cycle executed,
 * and what became of them, is between their members and the operators.
 */
export function chaincodeMetrics(registry: Registry, inFlight: () => number): ChaincodeObserver {
  const registers = [registry];
  const transactions = new Counter({
    name: 'kessai_chaincode_transactions_total',
    help: 'Transactions that were simulated, by method and by what became of them: answered, refused, failed.',
    labelNames: ['method', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'kessai_chaincode_transaction_duration_seconds',
    help: 'How long their simulation took.',
    labelNames: ['method'],
    buckets: durations,
    registers,
  });
  const bytes = new Counter({
    name: 'kessai_chaincode_bytes_total',
    help: 'Bytes of messages received from peers, and sent to them.',
    labelNames: ['direction'],
    registers,
  });
  new Gauge({
    name: 'kessai_chaincode_transactions_in_flight',
    help: 'Transactions that are being simulated.',
    registers,
    collect() {
      this.set(inFlight());
    },
  });
  return {
    simulated: ({ method, outcome, ms }) => {
      transactions.inc({ method, outcome });
      duration.observe({ method }, ms / 1_000);
    },
    carried: (direction, count) => bytes.inc({ direction }, count),
  };
}
