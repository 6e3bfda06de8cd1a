/** What runs a network's nodes. */
export const ENGINES = ['embedded', 'native', 'docker'] as const;
export type Engine = (typeof ENGINES)[number];
