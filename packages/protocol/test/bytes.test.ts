import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { allMessages } from './all-messages.ts'
import { goldenRows } from './golden.ts'
import { fractions, randomValue } from './random-value.ts'

// The bytes behind golden/bytes.tsv went through Kafka's own classes: those of 4.3.1 read every one of the values and
// wrote the same bytes again. After a change of schemas: UPDATE_GOLDEN=1, and let Kafka read them again.
test('seeded values have the bytes that Kafka 4.3.1 reads and writes', () => {
  const rows: string[] = []
  for (const schema of allMessages.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    for (let version = schema.versions[0]; version <= schema.versions[1]; version++) {
      const hash = createHash('sha256')
      for (let seed = 1; seed <= 8; seed++) {
        const fraction = fractions(seed * 1000 + version)
        const value = randomValue(schema.fields, version, version >= schema.flexibleFrom, fraction)
        hash.update(schema.encode(value, version))
      }
      rows.push(`${schema.name}\t${version}\t${hash.digest('hex').slice(0, 16)}`)
    }
  const isUpdate = process.env['UPDATE_GOLDEN'] !== undefined
  const text = ['message\tversion\tsha256 of seeds 1 to 8, cut', ...rows, ''].join('\n')
  if (isUpdate) writeFileSync(new URL('golden/bytes.tsv', import.meta.url), text)
  assert.deepEqual(
    rows,
    goldenRows('bytes.tsv').map(row => row.join('\t')),
  )
})
