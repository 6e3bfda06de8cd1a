/** A sentence, and what is put into it: names and amounts, which a page sets apart, since a name may be written from right to left. */
export interface Phrase {
  readonly literals: readonly string[];
  /** One fewer than literals. */
  readonly values: readonly string[];
}

export function phrase(literals: TemplateStringsArray, ...values: readonly string[]): Phrase {
  return { literals: [...literals], values };
}

/** The sentence as it is read. */
export function plain({ literals, values }: Phrase): string {
  return literals.map((literal, index) => `${literal}${values[index] ?? ''}`).join('');
}
