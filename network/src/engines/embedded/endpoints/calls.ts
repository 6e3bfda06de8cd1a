import type { sendUnaryData, ServerDuplexStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { toServiceError } from './rpc-error';

/** Something a client can walk away from. */
interface Cancellable {
  on(event: 'cancelled', listener: () => void): unknown;
}

/** A signal that aborts when the client goes away or its deadline passes. */
export function cancellationOf(call: Cancellable): AbortSignal {
  const controller = new AbortController();
  call.on('cancelled', () => {
    // Every call ends with this event; a reason of our own is cheaper than the error that would be made for it.
    controller.abort('cancelled');
  });
  return controller.signal;
}

/** A unary handler out of a function: what it throws becomes the call's status, and never leaves the call. */
export function unary<Request, Response>(
  answer: (request: Request, signal: AbortSignal) => Promise<Response>,
): (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>) => void {
  return (call, reply) => {
    answer(call.request, cancellationOf(call)).then(
      (response) => {
        reply(null, response);
      },
      (error: unknown) => {
        reply(toServiceError(error));
      },
    );
  };
}

/** A server streaming handler out of a function that produces the responses. */
export function streaming<Request, Response>(
  produce: (request: Request, signal: AbortSignal) => AsyncIterable<Response>,
): (call: ServerWritableStream<Request, Response>) => void {
  return (call) => {
    const signal = cancellationOf(call);
    const run = async (): Promise<void> => {
      for await (const response of produce(call.request, signal)) {
        if (signal.aborted) {
          return;
        }
        await write(call, response, signal);
      }
      call.end();
    };
    run().catch((error: unknown) => {
      call.emit('error', toServiceError(error));
    });
  };
}

/** A bidirectional handler out of a function that answers requests one after the other; a response that is last ends the call. */
export function conversation<Request, Response>(
  answer: (
    request: Request,
    send: (response: Response) => Promise<void>,
    signal: AbortSignal,
  ) => Promise<'more' | 'last'>,
): (call: ServerDuplexStream<Request, Response>) => void {
  return (call) => {
    const signal = cancellationOf(call);
    const send = (response: Response): Promise<void> => write(call, response, signal);
    // An iteration over the call would destroy it at its end, before the status is sent.
    call.on('data', (request: Request) => {
      call.pause();
      answer(request, send, signal).then(
        (outcome) => {
          if (outcome === 'more') {
            call.resume();
          } else {
            call.end();
          }
        },
        (error: unknown) => {
          if (!signal.aborted) {
            call.emit('error', toServiceError(error));
          }
        },
      );
    });
    call.on('end', () => {
      call.end();
    });
  };
}

interface Writable<T> {
  write(message: T): boolean;
  once(event: 'drain', listener: () => void): unknown;
  off(event: 'drain', listener: () => void): unknown;
}

/** Sends, and waits while the client is slower than we are. */
async function write<T>(call: Writable<T>, message: T, signal: AbortSignal): Promise<void> {
  if (signal.aborted || call.write(message)) {
    return;
  }
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      call.off('drain', finish);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    call.once('drain', finish);
    signal.addEventListener('abort', finish);
  });
}
