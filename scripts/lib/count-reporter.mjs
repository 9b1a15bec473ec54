/*
 * A vitest reporter that writes what the gate counts: how many tests passed,
 * the names of those that failed, the reasons of those that were skipped, and the
 * names of those that passed only when they were run again.
 */
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from './paths.mjs'

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, failed: [], skipped: [], unsteady: [] }
    for (const module of modules) {
      const file = relative(root, module.moduleId)
      // A file that does not load, or a beforeAll that throws, fails without a failed test.
      for (const error of module.errors()) report.failed.push(`${file}: ${firstLine(error.message)}`)
      // Tests whose block did not come up are skipped by vitest; the block's own failure is counted above.
      const unexplained =
        module.state() === 'failed' ? `their block failed to start, in ${file}` : `no reason given in ${file}`
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors())
          report.failed.push(`${file} > ${suite.fullName}: ${firstLine(error.message)}`)
      }
      for (const test of module.children.allTests()) {
        const { state, note } = test.result()
        if (test.diagnostic()?.flaky) report.unsteady.push(`${file} > ${test.fullName}`)
        if (state === 'passed') report.passed++
        else if (state === 'failed') report.failed.push(`${file} > ${test.fullName}`)
        else report.skipped.push(note ?? unexplained)
      }
    }
    for (const error of unhandledErrors) report.failed.push(`unhandled: ${firstLine(error.message)}`)
    writeFileSync(process.env.KEYSTEAD_TEST_REPORT, JSON.stringify(report))
  }
}

function firstLine(text) {
  return String(text).split('\n', 1)[0]
}
