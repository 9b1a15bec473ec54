/*
 * npm run differential -- [options]
 *
 *   --against redis70|redis80|valkey81|valkey91|host:port   the judge (redis70)
 *   --or valkey91,redis80          others whose answer is as good: a difference that one of them shares is only listed
 *   --subject keystead|...         the one that is judged (keystead)
 *   --seed N                       where randomness starts (a new one)
 *   --commands N                   how many to send (20000)
 *   --resp 2|3                     the protocol (2)
 *   --groups string,hash           only these groups (all)
 *   --findings N                   stop after so many (20)
 */
import { parseArgs } from 'node:util'
import { seedFromEnvironment } from '../support/random.ts'
import { type Request, runTester, tell } from './tester.ts'

const { values } = parseArgs({
  options: {
    against: { type: 'string', default: 'redis70' },
    or: { type: 'string', default: '' },
    subject: { type: 'string', default: 'keystead' },
    seed: { type: 'string', default: String(seedFromEnvironment()) },
    commands: { type: 'string', default: '20000' },
    resp: { type: 'string', default: '2' },
    groups: { type: 'string' },
    findings: { type: 'string', default: '20' },
  },
})

const request: Request = {
  against: values.against,
  secondOpinions: values.or.split(',').filter((name) => name !== ''),
  subject: values.subject,
  seed: Number(values.seed),
  commands: Number(values.commands),
  resp: values.resp === '3' ? 3 : 2,
  groups: values.groups?.split(','),
  findings: Number(values.findings),
  progress: (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} commands `)
  },
}

const outcome = await runTester(request)
for (const finding of outcome.findings) console.log(`\n${tell(finding, request)}`)
for (const [judge, { difference }] of outcome.excused) console.log(`\nas ${judge} does: ${difference.what}`)
if (outcome.missing.length > 0) console.log(`\n${request.subject} lacks: ${outcome.missing.join(' ')}`)
if (outcome.notCompared.length > 0) console.log(`\n${request.against} lacks: ${outcome.notCompared.join(' ')}`)
console.log(
  `\n${outcome.commandsSent} commands, RESP${request.resp}, seed ${request.seed}, ` +
    `${request.subject} against ${request.against}: ${outcome.findings.length} differences`,
)
process.exitCode = outcome.findings.length > 0 || outcome.missing.length > 0 ? 1 : 0
