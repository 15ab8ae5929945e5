/** ApiVersions: what a broker offers, and what it answers to versions and keys that it does not know. */
import { Apis } from '@moldau/protocol'
import { testCase } from '../case.ts'
import { versionsOf } from '../requests.ts'

/** A frame with a header of version 1 and any body. */
function frame(key: number, version: number, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(16)
  header.writeInt32BE(12 + body.length, 0)
  header.writeInt16BE(key, 4)
  header.writeInt16BE(version, 6)
  header.writeInt32BE(7, 8)
  header.writeInt16BE(2, 12)
  header.write('ab', 14)
  return Buffer.concat([header, body])
}

export const cases = [
  testCase('every version tells the APIs and the features', async side => {
    for (const version of versionsOf(Apis.ApiVersions))
      await side.ask(Apis.ApiVersions, version, {
        clientSoftwareName: 'x',
        clientSoftwareVersion: '1',
      })
  }),

  testCase('names and versions of client software are checked', async side => {
    const names = [
      ['', '1'],
      ['x', ''],
      ['a b', '1'],
      ['-a', '1'],
      ['a-', '1'],
      ['a-b.c', '1.0-x'],
      ['a', '1 '],
      ['a_b', '1'],
      ['ä', '1'],
      ['a', '.1'],
    ] as const
    for (const version of [3, 4])
      for (const [clientSoftwareName, clientSoftwareVersion] of names)
        await side.ask(Apis.ApiVersions, version, { clientSoftwareName, clientSoftwareVersion })
  }),

  testCase('a version that is unknown is answered in version 0', async side => {
    for (const version of [5, 6, 99, -1])
      await side.raw(`ApiVersions version ${version}`, frame(18, version, Buffer.alloc(1)))
  }),

  testCase('keys and versions that are unknown close the connection', async side => {
    await side.raw('key 999', frame(999, 0))
    await side.raw('key -3', frame(-3, 0))
    await side.raw('a removed key', frame(4, 0, Buffer.alloc(20)))
    await side.raw('produce v2', frame(0, 2, Buffer.alloc(20)))
    await side.raw('fetch v3', frame(1, 3, Buffer.alloc(40)))
    await side.raw('metadata v99', frame(3, 99))
    await side.raw('a key of controllers', frame(52, 0, Buffer.alloc(10)))
    await side.raw('an envelope', frame(58, 0, Buffer.alloc(10)))
  }),

  testCase('frames that cannot be read close the connection', async side => {
    await side.raw('bytes behind the body', frame(16, 0, Buffer.alloc(3)))
    await side.raw('metadata v0 with null topics', frame(3, 0, Buffer.alloc(4, 255)))
    await side.raw('an empty body', frame(3, 9))
    await side.raw('a size of zero', Buffer.alloc(4))
    await side.raw('a negative size', Buffer.alloc(4, 255))
    await side.raw('a size beyond the maximum', Buffer.from([0x7f, 255, 255, 255]))
    await side.raw(
      'ten bytes of 255',
      Buffer.concat([Buffer.from([0, 0, 0, 10]), Buffer.alloc(10, 255)]),
    )
  }),
]
