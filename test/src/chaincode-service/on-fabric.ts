import { describe } from '@jest/globals';
import { whyNoFabric } from '@kessai/network';

/** A suite that needs Fabric's programs. Where they are missing its tests are counted as skipped, with the reason in their name. */
export function describeOnFabric(title: string, suite: () => void): void {
  const missing = whyNoFabric();
  if (missing === undefined) describe(title, suite);
  else describe.skip(`${title} (not run: ${missing.message})`, suite);
}
