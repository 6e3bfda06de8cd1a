import type { MarketPort } from '@kessai/cli';
import { corporateActions } from '@kessai/corporate-actions';
import {
  type Json,
  type JsonObject,
  type Rejection,
  isRejection,
  marketRejections,
  rejectionMessage,
} from '@kessai/interface';
import { type Endorsed, MemoryMarket } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { settlement } from '@kessai/settlement';

/** The market in memory as a day runs on it: the contracts' own handlers, without Fabric. */
export class MemoryPort implements MarketPort {
  readonly market = new MemoryMarket({
    contracts: {
      Registry: registry,
      Securities: securities,
      MoneyTokens: moneyTokens,
      Orders: orders,
      Settlement: settlement,
      CorporateActions: corporateActions,
    },
  });

  async submit(as: string, method: string, request: JsonObject): Promise<Json> {
    // Another submit may have come in between: then it is endorsed again, as a client does after an MVCC conflict.
    for (;;) {
      const endorsed = accepted<Endorsed>(await this.market.endorse(as, method, request));
      if (this.market.commit(endorsed)) return { ...endorsed.outcome };
    }
  }

  async evaluate(as: string, method: string, request: JsonObject): Promise<Json> {
    return accepted<Json>(await this.market.evaluate(as, method, request));
  }
}

function accepted<T>(answer: T | Rejection): T {
  if (!isRejection(answer)) return answer;
  throw Object.assign(new Error(rejectionMessage(marketRejections, answer)), { code: answer.code });
}
