import type { ListenAddress, Log } from '@kessai/telemetry';
import {
  Counter,
  Gauge,
  type MetricsServer,
  metricsPart,
  metricsText,
  processMetrics,
  serveMetrics,
} from '@kessai/telemetry/metrics';
import type { Supervisor } from './supervisor';

/** What a supervisor tells of its worker, for Prometheus, with what the worker tells of itself. */
export class SupervisorMetrics {
  readonly #supervisor: () => Supervisor;
  readonly #registry = processMetrics({ process: 'supervisor' });
  readonly #ends: Counter;

  constructor(supervisor: () => Supervisor) {
    this.#supervisor = supervisor;
    const registers = [this.#registry];
    this.#ends = new Counter({
      name: 'kessai_chaincode_worker_ends_total',
      help: 'How often the process that serves has ended without being asked to.',
      registers,
    });
    new Gauge({
      name: 'kessai_chaincode_serving',
      help: '1 while a process serves the chaincode, 0 while the next one is waited for.',
      registers,
      collect() {
        this.set(supervisor().isServing ? 1 : 0);
      },
    });
    new Gauge({
      name: 'kessai_chaincode_suspected_submissions',
      help: 'Submissions during whose execution a process has ended, and which are tried alone.',
      registers,
      collect() {
        this.set(supervisor().suspectCount);
      },
    });
  }

  workerEnded(): void {
    this.#ends.inc();
  }

  /** A worker that does not answer, as one that executes a long cycle, is left out this time. */
  serve(address: ListenAddress, log: Log): MetricsServer {
    const read = async (): Promise<string> => {
      const [own, worker] = await Promise.all([metricsPart(this.#registry), this.#supervisor().workerMetrics()]);
      return metricsText(worker === undefined ? [own] : [own, worker]);
    };
    return serveMetrics({ address, read, log });
  }
}
