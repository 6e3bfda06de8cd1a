import { type CallOptions as RpcOptions, InterceptingCall, type Interceptor, status } from '@grpc/grpc-js';

/** Options of one gRPC call: it ends at the deadline, or when the signal does. */
export function rpcOptions(deadlineMs: number, signal: AbortSignal | undefined): RpcOptions {
  return {
    // The gateway package reads it when it sends, which is after it has signed: the time of a slow signer is not the network's.
    get deadline() {
      return Date.now() + deadlineMs;
    },
    ...(signal ? { interceptors: [cancelledBy(signal)] } : {}),
  };
}

/** The gateway package hands out no call to cancel; an interceptor holds it. */
function cancelledBy(signal: AbortSignal): Interceptor {
  return (options, nextCall) => {
    const call = new InterceptingCall(nextCall(options), {
      start(metadata, _listener, next) {
        const onAbort = () => call.cancelWithStatus(status.CANCELLED, 'cancelled by the caller');
        signal.addEventListener('abort', onAbort, { once: true });
        next(metadata, {
          onReceiveStatus(received, pass) {
            signal.removeEventListener('abort', onAbort);
            pass(received);
          },
        });
        if (signal.aborted) onAbort();
      },
    });
    return call;
  };
}
