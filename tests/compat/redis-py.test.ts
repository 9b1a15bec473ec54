/*
 * redis-py, the client of Python: run where a python3 with the redis module is.
 */
import { spawn, spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { findProgram } from '../support/peers.ts'
import { withServer } from '../support/server.ts'

const python = findProgram(['python3', 'python'])

function whyNot(): string | undefined {
  if (python === undefined) return 'there is no python3 on this machine'
  const { status } = spawnSync(python, ['-c', 'import redis'])
  return status === 0 ? undefined : 'python3 has no redis module (pip install redis)'
}

/** Each assertion is Python's; what it prints is the proof that all of them ran. */
const SCRIPT = `
import redis, sys
for protocol in (2, 3):
    r = redis.Redis(port=int(sys.argv[1]), protocol=protocol)
    r.flushall()
    assert r.ping() is True
    assert r.set('k', b'\\x00\\xff', ex=1000) is True
    assert r.get('k') == b'\\x00\\xff'
    assert 0 < r.ttl('k') <= 1000
    assert r.hset('h', mapping={'a': 1, 'b': 2}) == 2
    assert r.hgetall('h') == {b'a': b'1', b'b': b'2'}
    assert sorted(r.scan_iter('*')) == [b'h', b'k']
    with r.pipeline() as pipe:
        assert pipe.incr('n').incr('n').execute() == [1, 2]
    try:
        r.hget('k', 'f')
        assert False, 'a wrong type was accepted'
    except redis.ResponseError as error:
        assert 'WRONGTYPE' in str(error)
    assert r.info()['redis_version']
    assert r.client_list()
    r.close()
print('done')
`

describe('redis-py', () => {
  const connect = withServer()

  test('does its everyday work in both protocols', async (context) => {
    const reason = whyNot()
    if (reason !== undefined) context.skip(reason)
    const child = spawn(python!, ['-c', SCRIPT, String(connect.port())])
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    await new Promise((resolve) => child.once('close', resolve))
    expect(output.trim()).toBe('done')
  })
})
