import { type MetricsTarget, metricsTargets } from '@kessai/network';
import type { Json } from '@kessai/interface';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { type CommandContext, type NetworkOptions, acting, withNetwork } from './command-context';

export function addMetrics(program: Command, context: CommandContext): void {
  withNetwork(program.command('metrics'))
    .summary("where the network's processes tell their metrics, as a part of Prometheus' configuration")
    .description(
      'Prints scrape_configs for Prometheus: one for each process of the network and each scheduler of its operators, with the certificate that ' +
        'orderers and peers of real Fabric ask for. Fabric’s documentation says what their metrics mean; each of the others describes its own.',
    )
    .addHelpText('after', '\nExample:\n  kessai metrics > prometheus.yml')
    .action(
      acting(context, async ({ dir, json }: NetworkOptions) => {
        const targets = metricsTargets({ directory: dir });
        const document = targets.map(({ tls, ...target }): Json => ({ ...target, ...(tls && { tls: { ...tls } }) }));
        context.terminal.result(json === true, { targets: document }, () => stringify(configurationOf(targets)));
        if (targets.every(({ tls }) => tls !== undefined)) context.terminal.note(madeEarlier);
        return Promise.resolve(0);
      }),
    );
}

const madeEarlier =
  'This network was made before Kessai’s own processes told their metrics. Give them ports: kessai down, then kessai up.';

// The names are those of Prometheus.
function configurationOf(targets: readonly MetricsTarget[]): object {
  return {
    scrape_configs: targets.map(({ name, kind, mspId, address, path, tls }) => ({
      job_name: name,
      scheme: tls === undefined ? 'http' : 'https',
      metrics_path: path,
      static_configs: [
        { targets: [address], labels: { ...(mspId === undefined ? {} : { organisation: mspId }), kind } },
      ],
      ...(tls && {
        tls_config: {
          server_name: tls.serverName,
          ca_file: tls.caFile,
          cert_file: tls.certFile,
          key_file: tls.keyFile,
        },
      }),
    })),
  };
}
