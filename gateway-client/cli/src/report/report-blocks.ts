import { grouped } from '../terminal/number-format';
import type { TableColumn } from '../terminal/text-table';
import type { Scale } from './day-report';

export function heading(text: string): string {
  return `${text}\n${'═'.repeat(text.length)}`;
}

export function section(title: string, ...blocks: readonly string[]): string {
  return [`${title}\n${'─'.repeat(title.length)}`, ...blocks.filter((block) => block !== '')].join('\n');
}

export function texts(...titles: readonly string[]): readonly TableColumn[] {
  return titles.map((title) => ({ title }));
}

export function numbers(...titles: readonly string[]): readonly TableColumn[] {
  return titles.map((title) => ({ title, numeric: true as const }));
}

export function quantityText(quantity: bigint, { decimals }: Scale): string {
  return grouped(quantity, decimals);
}

export function priceText(price: bigint | undefined, { priceDecimals }: Scale): string {
  return price === undefined ? '' : grouped(price, priceDecimals);
}

export function moneyText(amount: bigint, { moneyDecimals }: Pick<Scale, 'moneyDecimals'>): string {
  return grouped(amount, moneyDecimals);
}
