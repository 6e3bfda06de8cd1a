import { AggregatorRegistry, type PrometheusContentType, Registry, collectDefaultMetrics } from 'prom-client';

/** The text form of Prometheus, as HTTP calls it. */
export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * How often the delay of the event loop is looked at. With prom-client's own 10 ms a process that does nothing uses 0.7 % of a processor, which
 * two dozen of them on one machine add up to a sixth; with 50 ms 0.1 %. What is told of the delay contains this time.
 */
const betweenLooksMs = 50;

/** A registry with what prom-client measures of every process of Node.js: CPU, memory, files, garbage collection, delay of the event loop. */
export function processMetrics(labels: Readonly<Record<string, string>> = {}): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: betweenLooksMs });
  return registry;
}

/** The metrics of one process as they cross to another one. */
export type MetricsPart = readonly object[];

export async function metricsPart(registry: Registry): Promise<MetricsPart> {
  return registry.getMetricsAsJSON();
}

interface Told {
  readonly values: readonly { readonly value: number | null }[];
}

/** The metrics of several processes as one text. Their labels tell the processes apart, so nothing is added up. */
export async function metricsText(parts: readonly MetricsPart[]): Promise<string> {
  const told = parts.map((part) => part.map(apart));
  return AggregatorRegistry.aggregate<PrometheusContentType>(told).metrics();
}

function apart(metric: object): object {
  const { values } = metric as Told;
  // What is no number, as the mean of nothing, does not cross.
  return { ...metric, values: values.filter(({ value }) => value !== null), aggregator: 'first' };
}
