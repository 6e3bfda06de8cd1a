import {
  type CertificateFacts,
  type RenewCertificatesResult,
  type RevokeCertificateResult,
  USES,
  WARNING_DAYS,
  networkCommand,
  renewCertificates,
  revokeCertificate,
  showCertificates,
} from '@kessai/network';
import { type Command, InvalidArgumentError } from 'commander';
import type { JsonObject } from '@kessai/interface';
import { textTable } from '../terminal/text-table';
import {
  type CommandContext,
  type NetworkOptions,
  acting,
  dirHint,
  networkProgress,
  undoing,
  withNetwork,
} from './command-context';

interface RenewOptions extends NetworkOptions {
  readonly within: number;
  readonly days?: number;
}

export function addCertificateCommands(program: Command, context: CommandContext): void {
  const certificates = program.command('certificates').summary('show, renew and revoke the certificates of a network');
  const { terminal } = context;

  withNetwork(certificates.command('show [mspId...]'))
    .summary('whose certificate, what for, valid until when')
    .addHelpText('after', '\nExample:\n  kessai certificates show AlphaMSP')
    .action(
      acting(context, (mspIds: string[], { dir, json }: NetworkOptions) => {
        const found = showCertificates({ directory: dir, mspIds });
        terminal.result(json === true, { certificates: found.map(jsonOf) }, () => certificatesText(found));
        return Promise.resolve(0);
      }),
    );

  addRevoke(certificates, context);

  withNetwork(certificates.command('renew [mspId...]'))
    .summary('renew what expires soon, and restart one after another what needs it')
    .description(
      'Renews certificates from the same authority and with the same key. Orderers and peers that run are restarted one after ' +
        'another; chaincode services take theirs without. Repeated, it completes what was cut off.',
    )
    .option('--within <days>', 'what expires within so many days', wholeDays, WARNING_DAYS)
    .option('--days <days>', 'how long the renewed ones are valid (default: five years)', wholeDays)
    .addHelpText('after', '\nExample:\n  kessai certificates renew\n  kessai certificates renew --within 90 AlphaMSP')
    .action(
      undoing(context, async (mspIds: string[], { dir, json, within, days }: RenewOptions) => {
        const result = await renewCertificates({
          directory: dir,
          mspIds,
          withinDays: within,
          ...(days === undefined ? {} : { validDays: days }),
          onProgress: networkProgress(terminal.progress),
        });
        terminal.result(
          json === true,
          { ...result, renewed: result.renewed.map(jsonOf), kept: result.kept.map(jsonOf) },
          () => renewedText(result, within),
        );
        return 0;
      }),
    );
}

function addRevoke(certificates: Command, context: CommandContext): void {
  const { terminal } = context;
  withNetwork(certificates.command('revoke <mspId> <nameOrSerial>'))
    .summary('take back a certificate whose key was stolen, and give its user a new one')
    .description(
      "Puts a user's certificate, and its earlier ones with the same key, on the revocation list of the organisation's authority, has the channel " +
        'take the list, and gives the user a new key and certificate. From then on nobody accepts the ones before. A certificate of ' +
        'which there is no key here is named by its serial number. Repeated, it completes what was cut off.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  kessai certificates revoke AlphaMSP user1\n  kessai certificates revoke AlphaMSP 6c:3f:09:d2',
    )
    .action(
      acting(context, async (mspId: string, target: string, { dir, json }: NetworkOptions) => {
        const onProgress = networkProgress(terminal.progress);
        const result = await revokeCertificate({ directory: dir, mspId, target, onProgress });
        terminal.result(json === true, { ...result }, () => revokedText(result, dir));
        return 0;
      }),
    );
}

function revokedText({ mspId, revoked, list, reissued, restarted }: RevokeCertificateResult, dir: string): string {
  const said = [
    `Revoked: ${revoked.join(', ')}. The list of all that ${mspId} has revoked: ${list}`,
    ...(restarted.length === 0 ? [] : [`Restarted, one after another: ${restarted.join(', ')}.`]),
  ];
  if (reissued !== undefined) {
    const export_ = `kessai profile export ${mspId} --user ${reissued} --out FILE${dirHint(dir)}`;
    said.push(`${reissued} has a new key. Next, for its programs: ${export_}`);
  }
  return said.join('\n');
}

function wholeDays(text: string): number {
  const days = Number(text);
  if (!Number.isSafeInteger(days) || days < 1 || days > 36_500) {
    throw new InvalidArgumentError('It must be a whole number of days from 1 to 36500.');
  }
  return days;
}

function jsonOf({ mspId, ...facts }: CertificateFacts): JsonObject {
  return mspId === undefined ? facts : { mspId, ...facts };
}

function certificatesText(found: readonly CertificateFacts[]): string {
  const columns = ['Organisation', 'Whose', 'What', 'Valid until', 'Days left', ''].map((title) => ({ title }));
  const rows = found.map(({ mspId, bearer, use, validTo, daysLeft, state }) => [
    mspId ?? '',
    bearer,
    USES[use],
    validTo.slice(0, 10),
    daysLeft.toString(),
    state === 'valid' ? (daysLeft < WARNING_DAYS ? 'expires soon' : '') : state,
  ]);
  return textTable(columns, rows);
}

function renewedText({ renewed, kept, restarted }: RenewCertificatesResult, within: number): string {
  const said = [
    renewed.length === 0
      ? `No certificate that can be renewed expires within ${within} days.`
      : `${renewed.length} certificates have been renewed.`,
  ];
  if (restarted.length > 0) said.push(`Restarted, one after another: ${restarted.join(', ')}.`);
  if (kept.length > 0) {
    said.push(
      'Not renewed, since an authority stands in the channel’s configuration and all that it has signed ends with it:',
      ...expiryLines(kept),
      'Make the network anew before the first of them expires.',
    );
  }
  return said.join('\n');
}

/** A line for each certificate that has expired or will soon, and what to do. */
export function certificateWarnings(expiring: readonly CertificateFacts[], directory: string): readonly string[] {
  if (expiring.length === 0) return [];
  return [...expiryLines(expiring), `Renew what expires: ${networkCommand(directory, 'certificates', 'renew')}`];
}

function expiryLines(expiring: readonly CertificateFacts[]): readonly string[] {
  return expiring.map(({ bearer, use, validTo, daysLeft }) => {
    const when = daysLeft < 0 ? `expired on ${validTo.slice(0, 10)}` : `expires in ${daysLeft} days`;
    return `The ${USES[use]} of ${bearer} ${when}.`;
  });
}
