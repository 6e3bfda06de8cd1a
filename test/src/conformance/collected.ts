import type { ClientReadableStream } from '@grpc/grpc-js';

const silenceMs = 60_000;

/**
 * What a stream tells up to the answer that is the last one.
 *
 * @param what says what is waited for, when it did not come.
 * @throws the stream's own error; Error after a minute in which nothing came.
 */
export async function collected<Answer>(
  what: string,
  stream: ClientReadableStream<Answer>,
  isLast: (answers: readonly Answer[]) => boolean,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const silent = setTimeout(
    () =>
      stream.destroy(new Error(`Waited ${silenceMs.toString()} ms for ${what}, after ${answers.length.toString()}`)),
    silenceMs,
  );
  try {
    for await (const answer of stream as AsyncIterable<Answer>) {
      silent.refresh();
      answers.push(answer);
      if (isLast(answers)) break;
    }
  } finally {
    clearTimeout(silent);
    stream.on('error', () => undefined);
    stream.cancel();
  }
  return answers;
}
