export { Counter, Gauge, Histogram, type Registry } from 'prom-client';
export { type MetricsServer, type MetricsServerOptions, serveMetrics } from './metrics-server';
export { METRICS_TYPE, type MetricsPart, metricsPart, metricsText, processMetrics } from './process-metrics';
