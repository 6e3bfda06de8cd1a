import { connect } from 'node:net';

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
