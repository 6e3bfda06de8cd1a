import { type Collection, type MspId, boardCollection, operatorsCollection } from '@kessai/interface';
import type { DayRecord } from '../day';
import type { SightReport } from './day-report';
import type { Names } from './names';

export function sightReport({ day, sights }: DayRecord, names: Names): SightReport {
  const collections = [...new Set(sights.map(({ collection }) => collection))];
  return {
    collections: collections.map((collection) => nameOf(collection, names)),
    organisations: day.members.map(({ mspId, name, role }) => ({
      organisation: name,
      role,
      answered: collections.map((collection) =>
        sights.some((sight) => sight.asked === mspId && sight.collection === collection && sight.answered),
      ),
    })),
  };
}

function nameOf(collection: Collection, names: Names): string {
  if (collection === boardCollection) return 'Board';
  if (collection === operatorsCollection) return 'Operators';
  return names.short(collection as MspId);
}
