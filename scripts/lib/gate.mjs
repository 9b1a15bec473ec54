/*
 * The gate: a list of checks run one after the other, counted together, ended
 * by one line. A check that is a test run counts its tests; any other counts as
 * one. What was skipped is always listed with its reason.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { at } from './paths.mjs'
import { capture, runNode } from './run.mjs'
import { say, seconds } from './say.mjs'

export class Gate {
  #passed = 0
  #failures = []
  /** Tests that failed and passed when run again: no reason to stop the work of others, and not to be forgotten. */
  #unsteady = []
  /** Reason to number of tests. */
  #skipped = new Map()

  /** A check that passes or fails as one; its output is shown only when it fails. */
  async check(name, args) {
    const start = performance.now()
    const { code, output } = await capture(process.execPath, args)
    if (code !== 0) process.stderr.write(output.endsWith('\n') ? output : `${output}\n`)
    this.#count(name, { passed: code === 0 ? 1 : 0, failed: code === 0 ? [] : [name], skipped: [] }, start)
  }

  /** Checks that may run beside each other. */
  async checks(list) {
    await Promise.all(list.map(([name, args]) => this.check(name, args)))
  }

  /** A vitest project, or some files of it. */
  async tests(name, args, env = {}) {
    say(name)
    const start = performance.now()
    const report = at(`.cache/test-report-${process.pid}.json`)
    mkdirSync(at('.cache'), { recursive: true })
    rmSync(report, { force: true })
    const reporters = ['--reporter=default', `--reporter=${at('scripts/lib/count-reporter.mjs')}`]
    const code = await runNode([at('node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...args], {
      env: { ...process.env, ...env, KEYSTEAD_TEST_REPORT: report },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const counts = readReport(report)
    if (code !== 0 && counts.failed.length === 0) counts.failed.push(`${name}: vitest ended with code ${code}`)
    this.#count(name, counts, start)
    rmSync(report, { force: true })
  }

  /** A step that is not here to be counted unless it breaks: a build, say. */
  async step(name, work) {
    const start = performance.now()
    try {
      await work()
      this.#count(name, { passed: 1, failed: [], skipped: [] }, start)
      return true
    } catch (error) {
      say(error.message)
      this.#count(name, { passed: 0, failed: [name], skipped: [] }, start)
      return false
    }
  }

  /** A whole check that cannot run here. */
  skip(name, reason) {
    say(`${name}: skipped, ${reason}`)
    this.#addSkip(`${name}: ${reason}`)
  }

  /** Prints the account and gives the exit code. */
  finish() {
    if (this.#failures.length > 0) {
      say('failed:')
      for (const name of this.#failures) say(`  ${name}`)
    }
    if (this.#unsteady.length > 0) {
      say('passed only when run again, and to be mended:')
      for (const name of this.#unsteady) say(`  ${name}`)
    }
    if (this.#skipped.size > 0) {
      say('skipped:')
      for (const [reason, count] of this.#skipped) say(`  ${count} x ${reason}`)
    }
    const skips = [...this.#skipped.values()].reduce((sum, count) => sum + count, 0)
    console.log(`${this.#passed} passed, ${this.#failures.length} failed, ${skips} skipped`)
    return this.#failures.length === 0 ? 0 : 1
  }

  #count(name, { passed, failed, skipped, unsteady = [] }, start) {
    this.#passed += passed
    this.#failures.push(...failed)
    this.#unsteady.push(...unsteady)
    for (const reason of skipped) this.#addSkip(reason)
    const counts = `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`
    say(`${name}: ${counts} (${seconds(performance.now() - start)})`)
  }

  #addSkip(reason) {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1)
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    // vitest ended before it could report: a broken configuration, or a crash. It has said why.
    return { passed: 0, failed: [`no test report (${error.code})`], skipped: [] }
  }
}
