import { openNetwork } from '../../directory/open-network';
import { profileOf } from '../../profile';
import type { Profile } from '../../profile';

export interface ExportProfileRequest {
  readonly directory: string;
  readonly mspId: string;
  /** `user1` where none is named. */
  readonly user?: string;
}

/** @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`, `OrganisationUnknown`, `UserUnknown`. */
export function exportProfile({ directory, mspId, user }: ExportProfileRequest): Profile {
  const { files, record } = openNetwork(directory);
  return profileOf(files, record, mspId, user);
}
