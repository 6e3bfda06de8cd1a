/** Told of what a scheduler does: numbers and codes, never whose submissions they are. */
export interface SchedulerObserver {
  /** It made a cycle, which took so many submissions. @param ms from the moment when it was sent to the moment when it was committed */
  cycleMade(submissions: number, ms: number): void;
  /** So many submissions are set aside: they cannot be executed, and the next cycles refuse them. */
  setAside(submissions: number): void;
  /** Something failed, and is tried again. @param code of the error: its text may hold what is private */
  failed(code: string): void;
}

export const unobserved: SchedulerObserver = {
  cycleMade: () => undefined,
  setAside: () => undefined,
  failed: () => undefined,
};
