/*
 * A bounded round of the differential tester, for `npm test`: Keystead against
 * each real server that is here, in both protocols. `npm run differential`
 * goes on for as long as one likes.
 */
import { expect, test } from 'vitest'
import { findPeer, type PeerName } from '../support/peers.ts'
import { seedFromEnvironment } from '../support/random.ts'
import { type Request, runTester, tell } from './tester.ts'

const COMMANDS = 10_000
/** The same commands every time, so that a red run can be trusted to be about the change; SEED=<n> for others. */
const SEED = process.env['SEED'] === undefined ? 1 : seedFromEnvironment()

/** The judge, and the real servers whose different answer is as good. */
const ROUNDS: readonly { readonly against: PeerName; readonly resp: 2 | 3; readonly or: readonly PeerName[] }[] = [
  { against: 'redis70', resp: 2, or: ['valkey91', 'redis80'] },
  { against: 'redis70', resp: 3, or: ['valkey91', 'redis80'] },
  { against: 'valkey91', resp: 2, or: ['redis70', 'redis80'] },
  { against: 'valkey91', resp: 3, or: ['redis70', 'redis80'] },
]

for (const { against, resp, or } of ROUNDS) {
  test(`random commands are answered as by ${against} in RESP${resp}`, async (context) => {
    if (findPeer(against) === undefined) context.skip(`${against} is not on this machine`)
    const secondOpinions = or.filter((name) => findPeer(name) !== undefined)
    const request: Request = {
      subject: 'keystead',
      against,
      secondOpinions,
      resp,
      seed: SEED,
      commands: COMMANDS,
      findings: 5,
    }
    const outcome = await runTester(request)
    expect(outcome.findings.map((finding) => tell(finding, request)).join('\n\n')).toBe('')
    expect(outcome.missing).toEqual([])
  })
}

test('the tester finds a difference where there is one', async (context) => {
  if (findPeer('redis70') === undefined || findPeer('valkey91') === undefined) {
    context.skip('it takes two different servers: redis70 and valkey91')
  }
  const groups = ['transactions']
  const request: Request = {
    subject: 'redis70',
    against: 'valkey91',
    resp: 2,
    seed: 1,
    commands: 600,
    findings: 1,
    groups,
  }
  const { findings } = await runTester(request)
  // Nested MULTI is refused in different words; the sequence is shrunk to the two commands that show it.
  expect(findings).toHaveLength(1)
  expect(findings[0]!.steps.length).toBeLessThanOrEqual(2)
})
