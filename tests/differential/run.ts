/*
 * npm run differential -- [options]
 *
 *   --against redis70|redis80|valkey81|valkey91|host:port   the judge (redis70)
 *   --or valkey91,redis80          others whose answer is as good: a difference that one of them shares is only listed
 *   --subject keystead|...         the one that is judged (keystead)
 *   --seed N                       where randomness starts (a new one)
 *   --commands N                   how many to compare (20000)
 *   --resp 2|3                     the protocol (2)
 *   --groups string,hash           only these groups (all)
 *   --steps N                      of an episode, which begins with empty servers (60)
 *   --findings N                   stop after so many (20)
 *
 * Every episode has a seed of its own, the one after that of the episode before:
 * a run that was broken off goes on from the seed that it named last.
 */
import { parseArgs } from 'node:util'
import { seedFromEnvironment } from '../support/random.ts'
import { type Count, type Progress, type Request, runTester, tell } from './tester.ts'

const { values } = parseArgs({
  options: {
    against: { type: 'string', default: 'redis70' },
    or: { type: 'string', default: '' },
    subject: { type: 'string', default: 'keystead' },
    seed: { type: 'string', default: String(seedFromEnvironment()) },
    commands: { type: 'string', default: '20000' },
    resp: { type: 'string', default: '2' },
    groups: { type: 'string' },
    steps: { type: 'string' },
    findings: { type: 'string', default: '20' },
  },
})

/** On a terminal the line changes in place; a log gets one now and then. */
const PROGRESS_MS = process.stderr.isTTY ? 500 : 20_000

const startedAt = performance.now()
const speed = (commands: number): number => Math.round(commands / ((performance.now() - startedAt) / 1000))
let toldAt = startedAt

function onProgress({ commands, findings, nextSeed }: Progress): void {
  if (performance.now() - toldAt < PROGRESS_MS) return
  toldAt = performance.now()
  const line = `${commands} commands, ${speed(commands)}/s, ${findings} differences, at seed ${nextSeed}`
  process.stderr.write(process.stderr.isTTY ? `\r${line}  ` : `${line}\n`)
}

/** `hset 812 (97 refused)`, as many to a line as fit. */
function countLines(counts: ReadonlyMap<string, Count>): string[] {
  const words = [...counts]
    .toSorted()
    .map(([name, { compared, refused }]) => `${name} ${compared} (${refused} refused)`)
  const lines = ['']
  for (const word of words) {
    const longer = `${lines.at(-1)}${lines.at(-1) === '' ? '  ' : ', '}${word}`
    if (longer.length <= 120) lines[lines.length - 1] = longer
    else lines.push(`  ${word}`)
  }
  return lines
}

const request: Request = {
  against: values.against,
  secondOpinions: values.or.split(',').filter((name) => name !== ''),
  subject: values.subject,
  seed: Number(values.seed),
  commands: Number(values.commands),
  resp: values.resp === '3' ? 3 : 2,
  groups: values.groups?.split(','),
  steps: values.steps === undefined ? undefined : Number(values.steps),
  findings: Number(values.findings),
  onProgress,
}

const outcome = await runTester(request)
for (const finding of outcome.findings) console.log(`\n${tell(finding, request)}`)
for (const [judge, { difference }] of outcome.excused) console.log(`\nas ${judge} does: ${difference.what}`)
console.log('\ncompared:')
for (const line of countLines(outcome.counts)) console.log(line)
if (outcome.missing.length > 0) console.log(`\n${request.subject} lacks: ${outcome.missing.join(' ')}`)
if (outcome.notCompared.length > 0) console.log(`\n${request.against} lacks: ${outcome.notCompared.join(' ')}`)
console.log(
  `\n${outcome.commands} commands (${speed(outcome.commands)}/s), RESP${request.resp}, ` +
    `seeds ${request.seed} to ${outcome.nextSeed - 1}, ` +
    `${request.subject} against ${request.against}: ${outcome.findings.length} differences`,
)
process.exitCode = outcome.findings.length > 0 || outcome.missing.length > 0 ? 1 : 0
