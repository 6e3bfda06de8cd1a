import { type Scheduler, type SchedulerOptions, startScheduler } from '@kessai/cli';
import { type ConnectOptions, type Profile, connect } from '@kessai/gateway-client';

interface Running {
  readonly scheduler: Scheduler;
  readonly close: () => Promise<void>;
}

/** Schedulers in this process, one for each operator, as `kessai up` starts them in processes of their own. */
export class Schedulers {
  readonly #profileOf: (mspId: string) => Profile;
  readonly #running = new Map<string, Running>();

  constructor(profileOf: (mspId: string) => Profile) {
    this.#profileOf = profileOf;
  }

  isAtWork(mspId: string): boolean {
    return this.#running.has(mspId);
  }

  async operateAs(mspId: string, options: SchedulerOptions = {}, connection: ConnectOptions = {}): Promise<Scheduler> {
    const profile = this.#profileOf(mspId);
    // As `kessai operate` connects: the scheduler itself tries again, in another way.
    const market = await connect(profile, { attempts: 1, conflictAttempts: 1, ...connection });
    const scheduler = startScheduler(market, { chaincode: profile.chaincode, ...options });
    const close = async (): Promise<void> => {
      await scheduler.close();
      await market.close();
    };
    this.#running.set(mspId, { scheduler, close });
    return scheduler;
  }

  /** Ends all, or that of one operator. */
  async rest(mspId?: string): Promise<void> {
    const ended = [...this.#running].filter(([name]) => mspId === undefined || name === mspId);
    for (const [name] of ended) this.#running.delete(name);
    await Promise.all(ended.map(async ([, { close }]) => close()));
  }
}
