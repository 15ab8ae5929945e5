import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '@moldau/base'
import type { OpenFile } from '../../src/files.ts'
import { SimulatedDisk } from '../../src/simulated/simulated-disk.ts'

function diskOf(seed: number, later?: (task: () => void) => void): SimulatedDisk {
  return new SimulatedDisk({
    random: seededRandom(seed),
    directories: ['/data'],
    ...(later === undefined ? {} : { later }),
  })
}

/** A file whose name is durable. */
function fileOn(disk: SimulatedDisk): OpenFile {
  const file = disk.files.open('/data/log', 'create')
  disk.files.syncDirectory('/data')
  return file
}

/** What is left of the log after crashes of many seeds. */
function outcomes(run: (disk: SimulatedDisk) => void, seedCount = 200): Set<string> {
  const seen = new Set<string>()
  for (let seed = 0; seed < seedCount; seed++) {
    const disk = diskOf(seed)
    run(disk)
    disk.crash()
    seen.add(
      disk.files.exists('/data/log')
        ? disk.files.readAll('/data/log').toString('latin1')
        : 'missing',
    )
  }
  return seen
}

test('what was synced survives every crash', () => {
  const seen = outcomes(disk => {
    const file = fileOn(disk)
    file.write(Buffer.from('synced'), 0)
    file.datasync()
  })
  assert.deepEqual([...seen], ['synced'])
})

test('of what was not synced any part may survive, cut at any byte, with zeroes where a sector is missing', () => {
  const seen = outcomes(disk => {
    const file = fileOn(disk)
    file.write(Buffer.from('head'), 0)
    file.datasync()
    file.write(Buffer.alloc(1200, 'x'), 4)
  }, 1000)
  for (const content of seen) assert.match(content, /^head(?:x|\0)*$/)
  const whole = `head${'x'.repeat(1200)}`
  assert.ok(seen.has('head') && seen.has(whole))
  assert.ok(seen.has(`head${'x'.repeat(508)}${'\0'.repeat(512)}${'x'.repeat(180)}`), 'a hole')
  assert.ok(
    [...seen].some(content => content.length > 4 && content.length < whole.length),
    'a torn end',
  )
})

test('a sector that was written over is old or new', () => {
  const seen = outcomes(disk => {
    const file = fileOn(disk)
    file.write(Buffer.from('a'.repeat(1024)), 0)
    file.datasync()
    file.write(Buffer.from('b'.repeat(1024)), 0)
  })
  const [a, b] = ['a'.repeat(512), 'b'.repeat(512)]
  assert.deepEqual([...seen].sort(), [a + a, a + b, b + a, b + b])
})

test('a cut that was not synced may be taken back, with the bytes', () => {
  const seen = outcomes(disk => {
    const file = fileOn(disk)
    file.write(Buffer.from('0123456789'), 0)
    file.datasync()
    file.truncate(4)
  })
  assert.ok(seen.has('0123') && seen.has('0123456789'))
  for (const content of seen) assert.ok('0123456789'.startsWith(content) && content.length >= 4)
})

test('a file whose directory was not synced may be gone, and a sync of the file does not help', () => {
  const seen = outcomes(disk => {
    const file = disk.files.open('/data/log', 'create')
    file.write(Buffer.from('synced'), 0)
    file.datasync()
  })
  assert.deepEqual([...seen].sort(), ['missing', 'synced'])
})

test('a rename is whole or not at all', () => {
  const seen = outcomes(disk => {
    const { files } = disk
    files.replace('/data/log', Buffer.from('old'))
    const file = files.open('/data/log.tmp', 'create')
    file.write(Buffer.from('new'), 0)
    file.datasync()
    files.rename('/data/log.tmp', '/data/log')
  })
  assert.deepEqual([...seen].sort(), ['new', 'old'])
})

test('a removed file may be back', () => {
  const seen = outcomes(disk => {
    disk.files.replace('/data/log', Buffer.from('old'))
    disk.files.remove('/data/log')
  })
  assert.deepEqual([...seen].sort(), ['missing', 'old'])
})

test('a replaced file is the new one once the call has returned', () => {
  const seen = outcomes(disk => {
    disk.files.replace('/data/log', Buffer.from('old'))
    disk.files.replace('/data/log', Buffer.from('new'))
  })
  assert.deepEqual([...seen], ['new'])
})

test('a sync covers what was written when it began', () => {
  const seen = outcomes(disk => {
    const file = fileOn(disk)
    file.write(Buffer.from('a'), 0)
    file.datasync()
    file.write(Buffer.from('b'), 1)
  })
  assert.deepEqual([...seen].sort(), ['a', 'a\0', 'ab'])

  const during = new Set<string>()
  for (let seed = 0; seed < 100; seed++) {
    const tasks: (() => void)[] = []
    const disk = diskOf(seed, task => tasks.push(task))
    const file = fileOn(disk)
    file.write(Buffer.from('a'), 0)
    let isDone = false
    file.datasyncAsync(() => (isDone = true))
    file.write(Buffer.from('b'), 512)
    for (const task of tasks) task()
    assert.ok(isDone)
    disk.crash()
    const content = disk.files.readAll('/data/log').toString('latin1')
    assert.equal(content[0], 'a')
    during.add(content[512] ?? 'none')
  }
  assert.deepEqual([...during].sort(), ['\0', 'b', 'none'])
})

test('after a sync that failed, a second one makes nothing safe', () => {
  const seen = outcomes(disk => {
    const file = fileOn(disk)
    file.write(Buffer.from('x'.repeat(512)), 0)
    disk.faultAt = ({ call }) => (call === 'datasync' ? { code: 'EIO' } : undefined)
    assert.throws(() => file.datasync(), { code: 'EIO' })
    disk.faultAt = undefined
    file.datasync()
  })
  assert.ok(seen.has('x'.repeat(512)) && seen.has('\0'.repeat(512)))
})

test('a write fails in the middle when the disk is full', () => {
  const disk = diskOf(1)
  const file = fileOn(disk)
  disk.faultAt = ({ call }) => (call === 'write' ? { code: 'ENOSPC', writtenBytes: 3 } : undefined)
  assert.throws(() => file.write(Buffer.from('abcdef'), 0), { code: 'ENOSPC' })
  assert.equal(disk.files.readAll('/data/log').toString(), 'abc')
})

test('the power can go at any step, and nothing works until it is back', () => {
  const steps = (disk: SimulatedDisk): void => {
    disk.files.replace('/data/log', Buffer.from('one'))
    disk.files.replace('/data/log', Buffer.from('two'))
  }
  const counted = diskOf(1)
  steps(counted)
  for (let last = 1; last <= counted.stepCount; last++)
    for (let seed = 0; seed < 20; seed++) {
      const disk = diskOf(seed)
      disk.faultAt = ({ number }) => (number === last ? 'power-cut' : undefined)
      assert.throws(() => steps(disk), { code: 'EIO' })
      assert.equal(disk.hasPower, false)
      assert.throws(() => disk.files.open('/data/other', 'create'), { code: 'EIO' })
      disk.crash()
      disk.faultAt = undefined
      const { files } = disk
      const content = files.exists('/data/log') ? files.readAll('/data/log').toString() : 'missing'
      assert.ok(['missing', 'one', 'two'].includes(content), content)
      if (last > counted.stepCount / 2 + 1) assert.notEqual(content, 'missing')
    }
})

test('kill -9 loses nothing, and ends open files and asynchronous calls', () => {
  const tasks: (() => void)[] = []
  const disk = diskOf(1, task => tasks.push(task))
  const file = disk.files.open('/data/log', 'create')
  file.write(Buffer.from('written'), 0)
  file.writeAsync([Buffer.from('lost')], 100, () => assert.fail('the process is gone'))
  disk.kill()
  for (const task of tasks) task()
  assert.throws(() => file.write(Buffer.from('more'), 0), { code: 'EIO' })
  assert.equal(disk.files.readAll('/data/log').toString(), 'written')
})

test('a process or a machine can end before, in the middle of and after a call', () => {
  const left = (stop: 'kill' | 'power-cut', when: 'before' | 'middle' | 'after'): string[] => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 40; seed++) {
      const disk = diskOf(seed)
      const file = fileOn(disk)
      disk.faultAt = ({ call }) => (call === 'write' ? { stop, when } : undefined)
      assert.throws(() => file.write(Buffer.from('abcdef'), 0), { code: 'EIO' })
      assert.ok(disk.hasStopped)
      assert.equal(disk.hasPower, stop === 'kill')
      assert.throws(() => file.datasync(), { code: 'EIO' })
      if (stop === 'kill') disk.kill()
      else disk.crash()
      assert.ok(!disk.hasStopped)
      seen.add(disk.files.readAll('/data/log').toString('latin1'))
    }
    return [...seen].sort()
  }
  assert.deepEqual(left('kill', 'before'), [''])
  assert.deepEqual(left('kill', 'middle'), ['abc'])
  assert.deepEqual(left('kill', 'after'), ['abcdef'])
  assert.deepEqual(left('power-cut', 'before'), [''])
  const torn = left('power-cut', 'after')
  assert.ok(torn.includes('') && torn.includes('abcdef') && torn.includes('\0'.repeat(6)))
})

test('a call that is done when the machine ends counts, although nobody was told', () => {
  const stopAt = (call: string) => (step: { call: string }) =>
    step.call === call ? ({ stop: 'power-cut', when: 'after' } as const) : undefined
  const synced = outcomes(disk => {
    const file = fileOn(disk)
    file.write(Buffer.from('synced'), 0)
    disk.faultAt = stopAt('datasync')
    assert.throws(() => file.datasync(), { code: 'EIO' })
  })
  assert.deepEqual([...synced], ['synced'])
  const named = outcomes(disk => {
    disk.files.open('/data/log', 'create')
    disk.faultAt = stopAt('syncDirectory')
    assert.throws(() => disk.files.syncDirectory('/data'), { code: 'EIO' })
  })
  assert.deepEqual([...named], [''])
})

test('a process that ends before its sync leaves what the next one can sync', () => {
  const seen = outcomes(disk => {
    const file = fileOn(disk)
    file.write(Buffer.from('written'), 0)
    disk.faultAt = ({ call }) =>
      call === 'datasync' ? { stop: 'kill', when: 'before' } : undefined
    assert.throws(() => file.datasync(), { code: 'EIO' })
    disk.kill()
    disk.faultAt = undefined
    disk.files.open('/data/log', 'write').datasync()
  })
  assert.deepEqual([...seen], ['written'])
})

test('a folder is removed file by file, and a crash may leave some of them', () => {
  const seen = new Set<string>()
  for (let seed = 0; seed < 100; seed++) {
    const disk = diskOf(seed)
    disk.files.makeDirectory('/data/folder')
    for (const name of ['a', 'b']) disk.files.open(`/data/folder/${name}`, 'create')
    disk.files.syncDirectory('/data/folder')
    disk.files.syncDirectory('/data')
    disk.files.remove('/data/folder')
    assert.ok(!disk.files.exists('/data/folder'))
    disk.crash()
    const { files } = disk
    seen.add(
      files.exists('/data/folder')
        ? files
            .list('/data/folder')
            .map(({ name }) => name)
            .join()
        : 'missing',
    )
  }
  assert.deepEqual([...seen].sort(), ['', 'a', 'a,b', 'b', 'missing'])
})

test('a lock ends with its process', async () => {
  const disk = diskOf(1)
  assert.notEqual(await disk.files.lock('/data'), undefined)
  assert.equal(await disk.files.lock('/data'), undefined)
  disk.kill()
  assert.notEqual(await disk.files.lock('/data'), undefined)
})
