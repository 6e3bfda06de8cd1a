import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const limitMs = 60_000;

/** @throws Error naming what was waited for. */
export async function waitFor(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs.toString()} ms for ${what}`);
    await pause(20);
  }
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error('The call was accepted');
    },
    (error: unknown) => error,
  );
}

/** What the endorsers said, in the words of Fabric's own client. */
export function textOf(error: unknown): string {
  const { details } = error as { readonly details?: readonly { readonly message: string }[] };
  return details?.map(({ message }) => message).join() ?? String(error);
}

/** Whether something listens at `host:port`. */
export async function accepts(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect({ host, port: Number(port) });
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
