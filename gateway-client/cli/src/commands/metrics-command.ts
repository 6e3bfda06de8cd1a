import { type MetricsTarget, metricsTargets } from '@kessai/network';
import type { Json } from '@kessai/interface';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { type CommandContext, type NetworkOptions, acting, withNetwork } from './command-context';

export function addMetrics(program: Command, context: CommandContext): void {
  withNetwork(program.command('metrics'))
    .summary("where orderers and peers tell their metrics, as a part of Prometheus' configuration")
    .description(
      "Prints scrape_configs for Prometheus: one for each orderer and peer of real Fabric, with the certificate that it asks for. Fabric's " +
        'documentation says what each metric means.',
    )
    .addHelpText('after', '\nExample:\n  kessai metrics > prometheus.yml')
    .action(
      acting(context, async ({ dir, json }: NetworkOptions) => {
        const targets = metricsTargets({ directory: dir });
        const document = targets.map(({ tls, ...target }): Json => ({ ...target, tls: { ...tls } }));
        context.terminal.result(json === true, { targets: document }, () => stringify(configurationOf(targets)));
        if (targets.length === 0) context.terminal.note('The embedded engine has no metrics of Fabric’s nodes.');
        return Promise.resolve(0);
      }),
    );
}

// The names are those of Prometheus.
function configurationOf(targets: readonly MetricsTarget[]): object {
  return {
    scrape_configs: targets.map(({ name, kind, mspId, address, path, tls }) => ({
      job_name: name,
      scheme: 'https',
      metrics_path: path,
      static_configs: [{ targets: [address], labels: { organisation: mspId, kind } }],
      tls_config: {
        server_name: tls.serverName,
        ca_file: tls.caFile,
        cert_file: tls.certFile,
        key_file: tls.keyFile,
      },
    })),
  };
}
