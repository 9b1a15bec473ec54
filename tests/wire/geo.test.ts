/*
 * Geo sets over the wire, once per encoding of the sorted set they are. Nothing here
 * imports src/server: the suite also runs against a real server.
 */
import { describe, expect, test } from 'vitest'
import { AS_REDIS, ONLY_OURS, withServer } from '../support/server.ts'

const encodings = {
  listpack: { 'zset-max-listpack-entries': '128' },
  skiplist: { 'zset-max-listpack-entries': '0' },
}

const SICILY = ['13.361389', '38.115556', 'Palermo', '15.087269', '37.502669', 'Catania'] as const
const POLYGON = { since: { valkey: '9.0.0' } }
/** Redis 8 prints coordinates shorter. */
const LONG_COORDINATES = { since: { redis: '6.0.0', valkey: '7.2.0' } }
type Args = [string, ...string[]]

for (const [encoding, config] of Object.entries(encodings)) {
  describe(`a geo set as ${encoding}`, () => {
    const connect = withServer(config)

    test('GEOADD counts new members, or all changed ones with CH', async () => {
      const r = await connect()
      expect(await r.command('GEOADD', 'g', ...SICILY)).toBe(2)
      expect(await r.command('GEOADD', 'g', ...SICILY)).toBe(0)
      expect(await r.command('GEOADD', 'g', 'CH', '13', '38', 'Palermo', '1', '1', 'new')).toBe(2)
      expect(await r.command('GEOADD', 'g', 'NX', 'CH', '14', '38', 'Palermo')).toBe(0)
      expect(await r.command('GEOADD', 'g', 'XX', '14', '38', 'other')).toBe(0)
      expect(await r.command('GEOADD', 'nope', 'XX', '14', '38', 'other')).toBe(0)
      expect(await r.command('ZCARD', 'g')).toBe(3)
      expect(await r.command('OBJECT', 'ENCODING', 'g')).toBe(encoding)
      expect(await r.command('EXISTS', 'nope')).toBe(0)
    })

    test('a member is kept as a score of 52 bits', async () => {
      const r = await connect()
      await r.command('GEOADD', 'g', ...SICILY, '0', '0', 'zero', '-180', '-85.05112878', 'corner')
      expect(await r.command('ZRANGE', 'g', '0', '-1', 'WITHSCORES')).toEqual([
        ...['corner', '0', 'zero', '3377699720527872'],
        ...['Palermo', '3479099956230698', 'Catania', '3479447370796909'],
      ])
    })

    test('GEOPOS answers coordinates with 17 decimals', async () => {
      const r = await connect({ needs: LONG_COORDINATES })
      await r.command('GEOADD', 'g', ...SICILY)
      expect(await r.replyText('GEOPOS', 'g', 'Palermo', 'nope')).toBe(
        '*2\r\n*2\r\n$20\r\n13.36138933897018433\r\n$20\r\n38.11555639549629859\r\n*-1\r\n',
      )
      const r3 = await connect({ resp: 3 })
      expect(await r3.replyText('GEOPOS', 'g', 'Palermo', 'nope')).toBe(
        '*2\r\n*2\r\n,13.36138933897018433\r\n,38.11555639549629859\r\n_\r\n',
      )
      expect(await r.command('GEOPOS', 'g')).toEqual([])
      expect(await r.command('GEOPOS', 'nope', 'a', 'b')).toEqual([null, null])
    })

    test('GEOHASH answers what other services understand', async () => {
      const r = await connect()
      await r.command('GEOADD', 'g', ...SICILY, '180', '85.05112878', 'edge')
      expect(await r.command('GEOHASH', 'g', 'Palermo', 'nope', 'Catania', 'edge')).toEqual([
        ...['sqc8b49rny0', null, 'sqdtr74hyu0', 'bp05b5048p0'],
      ])
      expect(await r.command('GEOHASH', 'nope', 'a')).toEqual([null])
    })

    test('GEODIST knows four units', async () => {
      const r = await connect()
      await r.command('GEOADD', 'g', ...SICILY)
      expect(await r.command('GEODIST', 'g', 'Palermo', 'Catania')).toBe('166274.1516')
      expect(await r.command('GEODIST', 'g', 'Palermo', 'Catania', 'km')).toBe('166.2742')
      expect(await r.command('GEODIST', 'g', 'Palermo', 'Catania', 'FT')).toBe('545518.8700')
      expect(await r.command('GEODIST', 'g', 'Palermo', 'Catania', 'mi')).toBe('103.3182')
      expect(await r.command('GEODIST', 'g', 'Palermo', 'Palermo')).toBe('0.0000')
      expect(await r.command('GEODIST', 'g', 'Palermo', 'nope')).toBe(null)
      expect(await r.command('GEODIST', 'nope', 'a', 'b')).toBe(null)
      await expect(r.command('GEODIST', 'g', 'Palermo', 'nope', 'yd')).rejects.toThrow(
        'ERR unsupported unit provided. please use M, KM, FT, MI',
      )
      await expect(r.command('GEODIST', 'g', 'a', 'b', 'm', 'x')).rejects.toThrow('ERR syntax error')
    })

    test('GEOSEARCH finds in a circle and in a box, around a place or a member', async () => {
      const r = await connect()
      await r.command('GEOADD', 'g', ...SICILY, '12.758489', '38.788135', 'edge1', '17.241510', '38.788135', 'edge2')
      const around = ['GEOSEARCH', 'g', 'FROMLONLAT', '15', '37'] as const
      expect(await r.command(...around, 'BYRADIUS', '200', 'km', 'ASC')).toEqual(['Catania', 'Palermo'])
      expect(await r.command(...around, 'BYBOX', '400', '400', 'km', 'ASC', 'WITHDIST')).toEqual([
        ...[
          ['Catania', '56.4413'],
          ['Palermo', '190.4424'],
        ],
        ...[
          ['edge2', '279.7403'],
          ['edge1', '279.7405'],
        ],
      ])
      expect(await r.command('GEOSEARCH', 'g', 'FROMMEMBER', 'Palermo', 'BYRADIUS', '170', 'km', 'DESC')).toEqual([
        ...['Catania', 'edge1', 'Palermo'],
      ])
      expect(await r.command(...around, 'BYRADIUS', '300', 'km', 'COUNT', '1')).toEqual(['Catania'])
      expect(await r.command(...around, 'BYRADIUS', '300', 'km', 'COUNT', '2', 'ANY')).toHaveLength(2)
      expect(await r.command('GEOSEARCH', 'nope', 'FROMMEMBER', 'x', 'BYRADIUS', '1', 'm')).toEqual([])
    })

    test('GEOSEARCH tells distance, hash and place of what it finds', async () => {
      const r = await connect({ needs: LONG_COORDINATES })
      await r.command('GEOADD', 'g', ...SICILY)
      const args: Args = ['GEOSEARCH', 'g', 'FROMLONLAT', '15', '37', 'BYRADIUS', '100', 'km']
      expect(await r.replyText(...args, 'WITHCOORD', 'WITHHASH', 'WITHDIST')).toBe(
        '*1\r\n*4\r\n$7\r\nCatania\r\n$7\r\n56.4413\r\n:3479447370796909\r\n' +
          '*2\r\n$20\r\n15.08726745843887329\r\n$20\r\n37.50266842333162032\r\n',
      )
      const r3 = await connect({ resp: 3 })
      expect(await r3.replyText(...args, 'WITHDIST', 'WITHCOORD')).toBe(
        '*1\r\n*3\r\n$7\r\nCatania\r\n$7\r\n56.4413\r\n*2\r\n,15.08726745843887329\r\n,37.50266842333162032\r\n',
      )
    })

    test('GEOSEARCH finds in a polygon', async () => {
      const r = await connect({ needs: POLYGON })
      await r.command('GEOADD', 'g', ...SICILY, '10', '38', 'outside')
      const triangle = ['BYPOLYGON', '3', '12', '37', '16', '37', '14', '39']
      expect(await r.command('GEOSEARCH', 'g', ...triangle, 'WITHDIST')).toEqual([
        ['Palermo', '74231.3029'],
        ['Catania', '97789.7329'],
      ])
      expect(await r.command('GEOSEARCHSTORE', 'd', 'g', ...triangle, 'COUNT', '1')).toBe(1)
      expect(await r.command('ZRANGE', 'd', '0', '-1')).toEqual(['Palermo'])
      for (const [rest, error] of [
        [['2', '12', '37', '16', '37', 'ASC'], 'ERR GEOSEARCH BYPOLYGON must have at least 3 vertices'],
        [['4', '12', '37', '16', '37', '14', '39'], 'ERR GEOSEARCH BYPOLYGON must have at least 3 vertices'],
        [['x', '12', '37', '16', '37', '14', '39'], 'ERR invalid number of vertices'],
        [['2147483648', '12', '37', '16', '37', '14'], 'ERR invalid number of vertices'],
        [['3', '12', '37', '16', '37', '14', '95'], 'ERR invalid longitude,latitude pair 14.000000,95.000000'],
        [['3', '12', '37', '16', '37', '14', '39', 'BYRADIUS', '1', 'm'], 'ERR syntax error'],
        [['3', '12', '37', '16', '37', '14', '39', 'FROMLONLAT', '1', '1'], 'ERR syntax error'],
      ] as const) {
        await expect(r.command('GEOSEARCH', 'g', 'BYPOLYGON', ...rest)).rejects.toThrow(error)
      }
      await expect(r.command('GEOSEARCH', 'g', 'COUNT', '2', 'ANY', 'BYPOLYGON', 'ASC')).rejects.toThrow('syntax error')
    })

    test('a polygon may have very many corners, and its border runs where it does with others', async () => {
      const r = await connect({ needs: POLYGON })
      await r.command('GEOADD', 'g', ...SICILY)
      // Three corners, again and again; too many for a call with so many arguments here.
      const rounds = 70_000
      const triangle = ['12', '37', '16', '37', '14', '39'].map((text) => `$2\r\n${text}\r\n`).join('')
      const head = ['GEOSEARCH', 'g', 'BYPOLYGON', String(rounds * 3)].map((text) => `$${text.length}\r\n${text}\r\n`)
      r.raw(`*${4 + rounds * 6}\r\n${head.join('')}${triangle.repeat(rounds)}`)
      expect(await r.receive()).toEqual([])
      // A member on the border, to the last bit.
      await r.command('ZADD', 'z', '3', 'on it', '4', 'beside')
      const border = '0 0 -179.9 10 180 85.05112878 -179.9 10 -180 -85.05112878'.split(' ')
      expect(await r.command('GEOSEARCH', 'z', 'BYPOLYGON', '5', ...border)).toEqual(['beside'])
    })

    test('a polygon whose centre is beyond the edge of the map holds what is in it', async () => {
      // Valkey answers by what was searched before.
      const r = await connect({ needs: ONLY_OURS })
      await r.command('GEOADD', 'g', '0', '-60', 'a', '170', '-60', 'b', '-80', '-21', 'c', '1', '60', 'd')
      const corners = ['-90', '-80', '90', '-80', '90', '-20', '-90', '-20']
      for (const before of ['0', '60']) {
        await r.command('GEOSEARCH', 'g', 'FROMLONLAT', before, before, 'BYRADIUS', '100', 'km')
        expect(await r.command('GEOSEARCH', 'g', 'BYPOLYGON', '4', ...corners, 'ASC')).toEqual(['a', 'c'])
      }
    })

    test('GEOSEARCHSTORE keeps scores or distances, in the place of anything', async () => {
      const r = await connect()
      await r.command('GEOADD', 'g', ...SICILY)
      await r.command('SET', 'd', 'x', 'EX', '1000')
      const rest = ['FROMLONLAT', '15', '37', 'BYRADIUS', '200', 'km']
      expect(await r.command('GEOSEARCHSTORE', 'd', 'g', ...rest)).toBe(2)
      expect(await r.command('ZSCORE', 'd', 'Palermo')).toBe('3479099956230698')
      expect(await r.command('TTL', 'd')).toBe(-1)
      expect(await r.command('GEOSEARCHSTORE', 'd', 'g', ...rest, 'STOREDIST')).toBe(2)
      expect(Number(await r.command('ZSCORE', 'd', 'Palermo'))).toBe(190.44242984775784)
      expect(await r.command('OBJECT', 'ENCODING', 'd')).toBe(encoding)
      expect(await r.command('GEOSEARCHSTORE', 'g', 'g', ...rest, 'COUNT', '1')).toBe(1)
      expect(await r.command('ZRANGE', 'g', '0', '-1')).toEqual(['Catania'])
      expect(await r.command('GEOSEARCHSTORE', 'd', 'nope', ...rest)).toBe(0)
      expect(await r.command('EXISTS', 'd')).toBe(0)
    })

    test('GEORADIUS and its kin still answer, and store', async () => {
      const r = await connect()
      await r.command('GEOADD', 'g', ...SICILY)
      expect(await r.command('GEORADIUS', 'g', '15', '37', '200', 'km', 'WITHDIST', 'ASC')).toEqual([
        ['Catania', '56.4413'],
        ['Palermo', '190.4424'],
      ])
      expect(await r.command('GEORADIUS_RO', 'g', '15', '37', '200', 'KM', 'COUNT', '1')).toEqual(['Catania'])
      expect(await r.command('GEORADIUSBYMEMBER', 'g', 'Palermo', '100', 'mi')).toEqual(['Palermo'])
      expect(await r.command('GEORADIUSBYMEMBER_RO', 'g', 'Palermo', '200', 'km', 'DESC')).toEqual([
        ...['Catania', 'Palermo'],
      ])
      expect(await r.command('GEORADIUS', 'g', '15', '37', '200', 'km', 'STORE', 'a', 'STOREDIST', 'b')).toBe(2)
      expect(await r.command('EXISTS', 'a')).toBe(0)
      expect(Number(await r.command('ZSCORE', 'b', 'Palermo'))).toBe(190.44242984775784)
      expect(await r.command('GEORADIUSBYMEMBER', 'g', 'Palermo', '1', 'm', 'STORE', 'b')).toBe(1)
      expect(await r.command('GEORADIUSBYMEMBER', 'nope', 'x', '1', 'm', 'STORE', 'b')).toBe(0)
      expect(await r.command('EXISTS', 'b')).toBe(0)
    })
  })
}

describe('what a geo command refuses', () => {
  const connect = withServer()

  test('places off the map, and then nothing is added', async () => {
    const r = await connect()
    await expect(r.command('GEOADD', 'g', '1', '1', 'a', '181', '1', 'b')).rejects.toThrow(
      'ERR invalid longitude,latitude pair 181.000000,1.000000',
    )
    await expect(r.command('GEOADD', 'g', 'inf', '-0', 'a')).rejects.toThrow(
      'ERR invalid longitude,latitude pair inf,-0.000000',
    )
    await expect(r.command('GEOADD', 'g', '0', '1e30', 'a')).rejects.toThrow(
      'pair 0.000000,1000000000000000019884624838656.000000',
    )
    await expect(r.command('GEOADD', 'g', '0', 'x', 'a')).rejects.toThrow('ERR value is not a valid float')
    expect(await r.command('EXISTS', 'g')).toBe(0)
  })

  test('options that do not go together', async () => {
    const r = await connect()
    await r.command('GEOADD', 'g', ...SICILY)
    const circle = ['BYRADIUS', '1', 'km']
    const here = ['FROMLONLAT', '15', '37']
    const refused: readonly (readonly [string, ...Args])[] = [
      ['ERR syntax error', 'GEOADD', 'g', 'NX', 'XX', '1', '1', 'a'],
      ['ERR syntax error', 'GEOADD', 'g', '1', '1', 'a', '1'],
      ['ERR syntax error', 'GEOADD', 'g', 'NX', 'CH', 'XX'],
      ['ERR syntax error', 'GEOSEARCH', 'g', ...here, 'FROMMEMBER', 'Palermo', ...circle],
      ['ERR syntax error', 'GEOSEARCH', 'g', ...here, ...circle, 'BYBOX', '1', '1', 'm'],
      ['ERR syntax error', 'GEOSEARCH', 'g', ...here, ...circle, 'STOREDIST'],
      ['ERR syntax error', 'GEORADIUS_RO', 'g', '15', '37', '1', 'km', 'STORE', 'd'],
      ['ERR syntax error', 'GEORADIUS', 'g', '15', '37', '1', 'km', 'STORE'],
      ['ERR COUNT must be > 0', 'GEOSEARCH', 'g', ...here, ...circle, 'COUNT', '0'],
      ['ERR value is not an integer', 'GEOSEARCH', 'g', ...here, ...circle, 'COUNT', 'x'],
      ['ERR the ANY argument requires COUNT argument', 'GEOSEARCH', 'g', ...here, ...circle, 'ANY'],
      ['ERR radius cannot be negative', 'GEOSEARCH', 'g', ...here, 'BYRADIUS', '-1', 'km'],
      ['ERR need numeric radius', 'GEOSEARCH', 'g', ...here, 'BYRADIUS', 'x', 'km'],
      ['ERR need numeric width', 'GEOSEARCH', 'g', ...here, 'BYBOX', 'x', 'x', 'km'],
      ['ERR need numeric height', 'GEOSEARCH', 'g', ...here, 'BYBOX', '-1', 'x', 'km'],
      ['ERR height or width cannot be negative', 'GEOSEARCH', 'g', ...here, 'BYBOX', '-1', '1', 'km'],
      ['ERR unsupported unit provided', 'GEOSEARCH', 'g', ...here, 'BYRADIUS', '1', 'yd'],
      [
        'ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for GEOSEARCH',
        'GEOSEARCH',
        'g',
        ...circle,
        'ASC',
        'ASC',
      ],
      ['ERR exactly one of BYRADIUS', 'GEOSEARCH', 'g', ...here, 'ASC', 'ASC'],
      [
        'ERR STORE option in GEORADIUS is not compatible with',
        'GEORADIUS',
        'g',
        '1',
        '1',
        '1',
        'm',
        'STORE',
        'd',
        'WITHDIST',
      ],
      ['ERR GEOSEARCHSTORE is not compatible with', 'GEOSEARCHSTORE', 'd', 'g', ...here, ...circle, 'WITHHASH'],
    ]
    for (const [error, ...args] of refused) await expect(r.command(...args)).rejects.toThrow(error)
  })

  test('a member that is not there, though not of a key that is not there', async () => {
    const r = await connect({ needs: AS_REDIS })
    await r.command('GEOADD', 'g', ...SICILY)
    for (const args of [
      ['GEOSEARCH', 'g', 'FROMMEMBER', 'nope', 'BYRADIUS', '1', 'm'],
      ['GEORADIUSBYMEMBER', 'g', 'nope', '1', 'm'],
    ] as Args[]) {
      await expect(r.command(...args)).rejects.toThrow('ERR could not decode requested zset member')
    }
    expect(await r.command('GEORADIUSBYMEMBER', 'nope', 'nope', 'x', 'yd')).toEqual([])
  })

  test('a key of another type, before it looks at arguments', async () => {
    const r = await connect()
    await r.command('SET', 's', 'x')
    for (const args of [
      ['GEOADD', 's', '1', '1', 'a'],
      ['GEOPOS', 's', 'a'],
      ['GEOHASH', 's', 'a'],
      ['GEODIST', 's', 'a', 'b'],
      ['GEORADIUS', 's', '15', '37', 'x', 'yd'],
      ['GEORADIUSBYMEMBER', 's', 'a', 'x', 'yd'],
      ['GEOSEARCH', 's', 'FROMLONLAT', 'x', 'y', 'BYRADIUS', '1', 'yd'],
      ['GEOSEARCHSTORE', 'd', 's', 'FROMLONLAT', 'x', 'y', 'BYRADIUS', '1', 'yd'],
    ] as Args[]) {
      await expect(r.command(...args)).rejects.toThrow('WRONGTYPE')
    }
    await expect(r.command('GEOADD', 's', 'x', '1', 'a')).rejects.toThrow('ERR value is not a valid float')
  })
})
