import type { JsonObject } from '@kessai/interface';
import type { DayReport } from './day-report';

/** The report as one JSON document: amounts are decimal strings in smallest units. */
export function reportDocument(report: DayReport): JsonObject {
  const text = JSON.stringify(report, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return JSON.parse(text) as JsonObject;
}
