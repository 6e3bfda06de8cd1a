import { type Registry, type RequestOf, type ResponseOf, collectionOf, isRejection } from '@kessai/interface';
import { type Account, type EvaluateHandler, accounts as accountTable } from '@kessai/ledger';
import { booksOf } from './books-of';

type Methods = typeof Registry.methods;

/** Who belongs to the market. */
export const members: EvaluateHandler<unknown, ResponseOf<Methods['Members']>> = (_reader, _request, { market }) =>
  Promise.resolve({ name: market.name, members: market.members });

/** Where the market's time stands. */
export const clock: EvaluateHandler<unknown, ResponseOf<Methods['Clock']>> = (_reader, _request, context) =>
  Promise.resolve(context.clock);

/** The accounts of one organisation, by number. */
export const accounts: EvaluateHandler<RequestOf<Methods['Accounts']>, ResponseOf<Methods['Accounts']>> = async (
  reader,
  request,
  context,
) => {
  const institution = booksOf(context, request.institution);
  if (isRejection(institution)) return institution;
  const found: Account[] = [];
  for await (const { value } of accountTable.below(reader, collectionOf(institution))) found.push(value);
  return { accounts: found.sort((a, b) => (a.account < b.account ? -1 : 1)) };
};
