/*
 * Answers of commands that begin work which goes on while others are served. They
 * cannot wait inside EXEC: such a command refuses that, or has the flag no-multi.
 */
import type { Outcome } from '../base/checkpoint-facts.ts'
import type { Call } from '../exec/call.ts'
import type { Reply } from '../exec/reply.ts'

/** Answers OK or the reason why not, when the work is over. */
export function answerWhenDone(c: Call, work: Outcome): void {
  answerWith(c, work, (reply, why) => (why === undefined ? reply.ok() : reply.errorText(`ERR ${why}`)))
}

/** Answers what came of work when it is over; the client waits. */
export function answerWith<T>(
  { client, server }: Call,
  work: Promise<T>,
  answer: (reply: Reply, outcome: T) => void,
): void {
  let write = (_reply: Reply): void => undefined
  server.waiting.block(client, 0, {
    isFirm: true,
    onTimeout: (reply) => write(reply),
    onCancel: () => undefined, // What was begun goes on without the one who asked for it.
  })
  void work.then((outcome) => {
    write = (reply) => answer(reply, outcome)
    server.waiting.unblock(client, 'timeout')
  })
}
