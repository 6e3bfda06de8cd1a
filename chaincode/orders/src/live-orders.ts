import type { CancelReason, MspId } from '@kessai/interface';
import {
  type Advised,
  type Decision,
  type Reader,
  type Ref,
  type Rows,
  type Write,
  created,
  load,
  present,
  put,
  Rows as RowsOf,
} from '@kessai/ledger';
import {
  type Order,
  type OrderName,
  type OwnedOrder,
  endedName,
  endedOrdersAt,
  nameOf,
  orderNameOf,
  orderPageAt,
  orderPageNumber,
} from './order';

interface OpenPage {
  readonly ref: Ref<Rows<Order>>;
  rows: Rows<Order>;
  changed: boolean;
}

/** The pages of pending and standing orders that an instruction is about, and what it does to them. */
export class LiveOrders {
  readonly #pages: ReadonlyMap<string, OpenPage>;
  readonly #ended: OwnedOrder[] = [];
  /** Of each order that changed, how it stands last. */
  readonly #advices = new Map<string, Advised>();

  private constructor(pages: ReadonlyMap<string, OpenPage>) {
    this.#pages = pages;
  }

  static async open(reader: Reader, names: readonly OrderName[]): Promise<LiveOrders> {
    const refs = new Map<string, Ref<Rows<Order>>>();
    for (const { institution, orderId } of names) {
      const page = orderPageNumber(orderId);
      const name = pageNameOf(institution, page);
      if (!refs.has(name)) refs.set(name, orderPageAt(institution, page));
    }
    const wanted = [...refs];
    const { pages } = await load(reader, { pages: wanted.map(([, ref]) => ref) });
    return new LiveOrders(
      new Map(
        wanted.map(([name, ref], index) => [name, { ref, rows: pages[index] ?? RowsOf.of<Order>([]), changed: false }]),
      ),
    );
  }

  find({ institution, orderId }: OrderName): Order | undefined {
    return this.#page(institution, orderId).rows.get(orderId);
  }

  /** An order of which another record says that it is pending or stands. */
  get(name: OrderName): OwnedOrder {
    const order = this.find(name);
    if (!order) throw new Error('An order on the board, or waiting for it, has its record');
    return { institution: name.institution, order };
  }

  /** It is pending or stands, in this form. */
  keep(owned: OwnedOrder): void {
    const { institution, order } = owned;
    const page = this.#page(institution, order.orderId);
    page.rows = page.rows.with(order.orderId, order);
    page.changed = true;
    this.#advise(owned);
  }

  /** It has ended, in this form; for a reason that its owner is told where it is none of the usual ones. */
  end(owned: OwnedOrder, reason?: CancelReason): void {
    const { institution, order } = owned;
    const page = this.#page(institution, order.orderId);
    page.rows = page.rows.without(order.orderId);
    page.changed = true;
    this.#ended.push(owned);
    this.#advise(owned, reason);
  }

  /** All that was done to orders, with what else is written. */
  decision(cycle: number, ...writes: readonly Write[]): Decision {
    const pages = [...this.#pages.values()].filter(({ changed }) => changed);
    return {
      ...created(
        pages.map(({ ref, rows }) => put(ref, rows)),
        writes,
      ),
      advices: [...this.#advices.values()],
      appended: this.#ended.map(({ institution, order }) => ({
        log: endedOrdersAt(institution, cycle),
        line: order,
      })),
      remembered: this.#ended.map(({ institution, order }) => ({
        member: institution,
        name: endedName(order.orderId),
      })),
    };
  }

  #advise(owned: OwnedOrder, reason?: CancelReason): void {
    const { orderId, status, remaining } = owned.order;
    this.#advices.set(nameOf(orderNameOf(owned)), {
      to: owned.institution,
      advice: { kind: 'order', orderId, status, remaining, ...present({ reason }) },
    });
  }

  #page(institution: MspId, orderId: Order['orderId']): OpenPage {
    const page = this.#pages.get(pageNameOf(institution, orderPageNumber(orderId)));
    if (!page) throw new Error('The page of an order was not opened');
    return page;
  }
}

function pageNameOf(institution: MspId, page: number): string {
  return `${institution}/${page.toString()}`;
}
