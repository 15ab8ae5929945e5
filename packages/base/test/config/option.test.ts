import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  boolean,
  defaultsOf,
  double,
  int,
  klass,
  list,
  long,
  type Option,
  password,
  short,
  string,
} from '../../src/config/option.ts'

const doc = 'for tests'

/** The value of a text, or the message that refuses it. */
function parsed(option: Option<unknown>, text: string): unknown {
  try {
    return option.parse('some.key', text)
  } catch (error) {
    assert.ok(error instanceof Error)
    return error.message
  }
}

test('numbers are read within the limits of their type and row', () => {
  const partitions = int({ default: 1, min: 1, doc })
  assert.equal(parsed(partitions, ' 12 '), 12)
  assert.equal(parsed(partitions, '+7'), 7)
  assert.equal(
    parsed(partitions, '-5'),
    'Invalid value -5 for configuration some.key: Value must be at least 1',
  )
  const refusal = (text: string, type: string): string =>
    `Invalid value ${text} for configuration some.key: Not a number of type ${type}`
  assert.equal(parsed(partitions, '1.5'), refusal('1.5', 'INT'))
  assert.equal(parsed(partitions, ''), refusal('', 'INT'))
  assert.equal(parsed(partitions, '2147483648'), refusal('2147483648', 'INT'))
  assert.equal(parsed(short({ default: 1, doc }), '32768'), refusal('32768', 'SHORT'))
  assert.equal(parsed(short({ default: 1, doc }), '-32768'), -32768)
  assert.equal(
    parsed(double({ default: 0.5, min: 0, max: 1, doc }), '1.5'),
    'Invalid value 1.5 for configuration some.key: Value must be no more than 1',
  )
  assert.equal(parsed(double({ default: 0.5, doc }), '5e-1'), 0.5)
})

test('the greatest long is 2^63, and is written as Kafka writes it', () => {
  const flush = long({ default: 2 ** 63, min: 1, doc })
  assert.equal(parsed(flush, '9223372036854775807'), 2 ** 63)
  assert.equal(flush.format(2 ** 63), '9223372036854775807')
  assert.match(String(parsed(flush, '9223372036854775808')), /Not a number of type LONG/)
})

test('booleans are true or false, in any case', () => {
  const option = boolean({ default: false, doc })
  assert.equal(parsed(option, ' TRUE '), true)
  assert.equal(parsed(option, 'false'), false)
  assert.equal(
    parsed(option, 'yes'),
    'Invalid value yes for configuration some.key: Expected value to be either true or false',
  )
})

test('texts are one of those allowed, lists are made of them', () => {
  const type = string({ default: 'none', oneOf: ['none', 'zstd'], doc })
  assert.equal(parsed(type, ' zstd '), 'zstd')
  assert.equal(
    parsed(type, 'zip'),
    'Invalid value zip for configuration some.key: String must be one of: none, zstd',
  )
  assert.equal(type.validValues, '[none, zstd]')
  const policy = list({ default: ['delete'], oneOf: ['delete', 'compact'], doc })
  assert.deepEqual(parsed(policy, 'delete, compact'), ['delete', 'compact'])
  assert.deepEqual(parsed(policy, ''), [])
  assert.match(String(parsed(policy, 'delete,shred')), /^Invalid value shred for/)
  assert.equal(policy.format(['delete', 'compact']), 'delete,compact')
})

test('a password keeps its spaces, the name of a class does not', () => {
  assert.equal(parsed(password({ default: null, doc }), ' secret '), ' secret ')
  assert.equal(parsed(klass({ default: null, doc }), ' org.example.Rule '), 'org.example.Rule')
})

test('a row tells what it is', () => {
  const option = int({
    default: 3,
    min: 1,
    max: 9,
    doc,
    importance: 'HIGH',
    dynamic: 'cluster-wide',
  })
  assert.equal(option.type, 'INT')
  assert.equal(option.validValues, '[1,...,9]')
  assert.equal(option.importance, 'HIGH')
  assert.equal(option.dynamic, 'cluster-wide')
  assert.equal(option.isRequired, false)
  assert.equal(int({ doc }).isRequired, true)
  assert.equal(boolean({ default: true, doc }).dynamic, 'read-only')
})

test('defaults are typed by their rows', () => {
  const values = defaultsOf({
    'num.partitions': int({ default: 1, doc }),
    'log.dirs': string({ default: null, doc }),
  })
  const count: number = values['num.partitions']
  const directories: string | null = values['log.dirs']
  assert.equal(count, 1)
  assert.equal(directories, null)
})
