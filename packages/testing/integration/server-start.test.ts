/** What `npm start` and `bin/moldau server start` print, how they stop, and what they say when they cannot start. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { freePort } from '@moldau/testing'

const root = path.join(import.meta.dirname, '../../..')
/** How long a broker may take to say what is wrong; most take a tenth. */
const REFUSAL_MAX_MS = 10_000
const home = mkdtempSync(path.join(os.tmpdir(), 'moldau-start-'))
const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

let folders = 0
function newFolder(): string {
  return path.join(home, `data-${folders++}`)
}

/** A process with what it has printed so far. */
class Run {
  readonly child: ChildProcess
  out = ''
  err = ''
  readonly #changed = new EventTarget()

  constructor(
    command: string,
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.child = spawn(command, words, {
      cwd: root,
      env: { ...process.env, MOLDAU_BANNER: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.push(this.child)
    this.child.stdout?.on('data', chunk => {
      this.out += String(chunk)
      this.#changed.dispatchEvent(new Event('change'))
    })
    this.child.stderr?.on('data', chunk => {
      this.err += String(chunk)
      this.#changed.dispatchEvent(new Event('change'))
    })
  }

  /** Resolves when `text` was printed, to standard output or error. @throws when the process ends before */
  async printed(text: string): Promise<void> {
    const isPrinted = (): boolean => this.out.includes(text) || this.err.includes(text)
    const closed = once(this.child, 'close').then(() => {
      if (!isPrinted()) throw new Error(`It ended without '${text}':\n${this.out}${this.err}`)
    })
    while (!isPrinted()) await Promise.race([once(this.#changed, 'change'), closed])
  }

  /** Resolves with the exit code, when all output is here. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null)
      await once(this.child, 'close')
    return this.child.exitCode
  }
}

/** `moldau server start` with overrides. */
function serverStart(
  overrides: Readonly<Record<string, string>>,
  environment?: Readonly<Record<string, string>>,
): Run {
  return new Run(
    path.join(root, 'bin/moldau'),
    ['server', 'start', ...asOverrides(overrides)],
    environment,
  )
}

function asOverrides(overrides: Readonly<Record<string, string>>): string[] {
  return Object.entries(overrides).flatMap(([key, value]) => ['--override', `${key}=${value}`])
}

/** The start is refused soon, with a non-zero exit code and one message that matches. */
async function assertRefused(
  overrides: Readonly<Record<string, string>>,
  message: RegExp,
): Promise<void> {
  const begun = performance.now()
  const run = serverStart(overrides)
  const code = await run.ended()
  const elapsedMs = performance.now() - begun
  assert.equal(code, 1, run.out + run.err)
  assert.match(run.err, message)
  assert.equal(run.err.match(/^✖/gm)?.length, 1, run.err)
  assert.doesNotMatch(run.err, /^ +at /m)
  assert.ok(elapsedMs < REFUSAL_MAX_MS, `it took ${elapsedMs} ms`)
}

/** The marker of a clean stop. */
function stoppedCleanly(directory: string): boolean {
  return existsSync(path.join(directory, '.kafka_cleanshutdown'))
}

test('a person is told where it listens, where the data is, and what to type next', async () => {
  const port = await freePort()
  const directory = newFolder()
  const run = serverStart(
    { listeners: `PLAINTEXT://localhost:${port}`, 'log.dirs': directory },
    { MOLDAU_BANNER: '1', NO_COLOR: '1' },
  )
  await run.printed('Ctrl-C stops cleanly')
  assert.match(run.out, /moldau \d+\.\d+\.\d+ +Apache Kafka 4\.3\.1 protocol/)
  assert.match(run.out, new RegExp(`Kafka +localhost:${port} +\\(PLAINTEXT, this machine only\\)`))
  assert.ok(run.out.includes(directory), run.out)
  assert.match(run.out, /no topics yet/)
  assert.match(run.out, /Flush +commit/)
  assert.ok(
    run.out.includes(
      `bin/kafka-topics.sh --bootstrap-server localhost:${port} --create --topic orders`,
    ),
    run.out,
  )
  assert.ok(run.out.trim().split('\n').length <= 12, run.out)
  assert.doesNotMatch(run.out, / INFO /)
  run.child.kill('SIGINT')
  assert.equal(await run.ended(), 0)
  assert.ok(stoppedCleanly(directory))
  assert.match(
    readFileSync(path.join(directory, 'server.log'), 'utf8'),
    /^\[[\d-]+ [\d:]+,\d{3}\] INFO /,
  )
})

test('without a terminal it logs as Kafka does, with the line that test containers wait for', async () => {
  const directory = newFolder()
  const run = serverStart({
    listeners: `PLAINTEXT://localhost:${await freePort()}`,
    'log.dirs': directory,
  })
  await run.printed('[KafkaServer id=1] started')
  assert.match(run.out, /Transitioning from RECOVERY to RUNNING/)
  assert.match(run.out, /Kafka Server started/)
  for (const line of run.out.trim().split('\n'))
    assert.match(line, /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] (INFO|WARN) .+ \(\S+\)$/)
  run.child.kill('SIGTERM')
  assert.equal(await run.ended(), 0)
  assert.match(run.out, /shut down completed/)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`${signal} stops it cleanly, with exit code 0 and the marker of a clean stop`, async () => {
    const directory = newFolder()
    const port = await freePort()
    const run = serverStart({ listeners: `PLAINTEXT://localhost:${port}`, 'log.dirs': directory })
    await run.printed('started (')
    assert.equal(stoppedCleanly(directory), false)
    run.child.kill(signal)
    assert.equal(await run.ended(), 0)
    assert.ok(stoppedCleanly(directory))
    const socket = net.connect(port, 'localhost')
    await assert.rejects(once(socket, 'connect'))
  })

test('a second signal stops it at once', async () => {
  const directory = newFolder()
  const run = serverStart({
    listeners: `PLAINTEXT://localhost:${await freePort()}`,
    'log.dirs': directory,
  })
  await run.printed('started (')
  // Both are waiting for it when it goes on, so that none comes too late.
  run.child.kill('SIGSTOP')
  run.child.kill('SIGTERM')
  run.child.kill('SIGINT')
  run.child.kill('SIGCONT')
  assert.equal(await run.ended(), 130)
  assert.equal(stoppedCleanly(directory), false)
})

test('one Ctrl-C that comes twice, from the terminal and from npm, stops it cleanly', async () => {
  const directory = newFolder()
  const run = serverStart(
    { listeners: `PLAINTEXT://localhost:${await freePort()}`, 'log.dirs': directory },
    { MOLDAU_BANNER: '1' },
  )
  await run.printed('Ctrl-C stops cleanly')
  run.child.kill('SIGINT')
  await run.printed('Stopping')
  run.child.kill('SIGINT')
  assert.equal(await run.ended(), 0)
  assert.ok(stoppedCleanly(directory))
})

test('kafka-server-stop finds the server of a node id and stops it cleanly', async () => {
  const directory = newFolder()
  const nodeId = String(700_000_000 + process.pid)
  const run = serverStart({
    listeners: `PLAINTEXT://localhost:${await freePort()}`,
    'log.dirs': directory,
    'node.id': nodeId,
  })
  await run.printed('started (')
  const stop = new Run('bin/kafka-server-stop.sh', ['--node-id', nodeId])
  assert.equal(await stop.ended(), 0)
  assert.equal(await run.ended(), 0)
  assert.ok(stoppedCleanly(directory))
  const again = new Run('bin/kafka-server-stop.sh', ['--node-id', nodeId])
  assert.equal(await again.ended(), 1)
  assert.match(again.out, /^No kafka server to stop$/m)
})

test(
  'a SIGTERM to the process of `npm start` stops the broker cleanly',
  { timeout: 60_000 },
  async t => {
    const lockFile = path.join(root, 'package-lock.json')
    const installed = path.join(root, 'node_modules/.package-lock.json')
    if (statSync(lockFile).mtimeMs > statSync(installed).mtimeMs) {
      t.skip('it would install first: run npm test, which does')
      return
    }
    const directory = newFolder()
    const port = await freePort()
    const run = new Run('npm', [
      'start',
      '--',
      ...asOverrides({ listeners: `PLAINTEXT://localhost:${port}`, 'log.dirs': directory }),
    ])
    await run.printed('[KafkaServer id=1] started')
    run.child.kill('SIGTERM')
    await run.ended()
    // npm itself may be gone before the broker: its marker and its port tell.
    const isStopped = (): Promise<boolean> =>
      new Promise(resolve => {
        const socket = net.connect(port, 'localhost', () => {
          socket.destroy()
          resolve(false)
        })
        socket.on('error', () => resolve(true))
      })
    while (!(await isStopped()) || !stoppedCleanly(directory))
      await new Promise(resolve => setTimeout(resolve, 20))
    assert.match(run.out, /shut down completed/)
  },
)

test('a busy port is refused with its number', async () => {
  const owner = net.createServer().listen(0, 'localhost')
  await once(owner, 'listening')
  const { port } = owner.address() as net.AddressInfo
  await assertRefused(
    { listeners: `PLAINTEXT://localhost:${port}`, 'log.dirs': newFolder() },
    new RegExp(`${port}.* in use`),
  )
  owner.close()
})

test('a folder that cannot be written to is refused with its name', async () => {
  const listeners = `PLAINTEXT://localhost:${await freePort()}`
  // Permissions do not stop root; the kernel's own folders do.
  let directory = '/sys/moldau-data'
  if (process.getuid?.() !== 0) {
    directory = newFolder()
    mkdirSync(directory)
    chmodSync(directory, 0o555)
  }
  await assertRefused(
    { listeners, 'log.dirs': directory },
    /Cannot write to .*data.*(permission denied|read-only)/,
  )
  const file = newFolder()
  writeFileSync(file, '')
  await assertRefused(
    { listeners, 'log.dirs': file },
    new RegExp(`Cannot use ${file} as a data folder: it is a file`),
  )
})

test('the folder of another node is refused, and stays as it is', async () => {
  const directory = newFolder()
  const listeners = `PLAINTEXT://localhost:${await freePort()}`
  const first = serverStart({ listeners, 'log.dirs': directory })
  await first.printed('started (')
  first.child.kill('SIGTERM')
  assert.equal(await first.ended(), 0)
  const before = readFileSync(path.join(directory, 'meta.properties'), 'utf8')
  await assertRefused(
    { listeners, 'log.dirs': directory, 'node.id': '7' },
    /belongs to node\.id 1, and this is node\.id 7/,
  )
  assert.equal(readFileSync(path.join(directory, 'meta.properties'), 'utf8'), before)
})

test('a folder with the files of something else is refused, and nothing is written into it', async () => {
  const directory = newFolder()
  mkdirSync(directory)
  writeFileSync(path.join(directory, 'thesis.txt'), 'chapter 1')
  await assertRefused(
    { listeners: `PLAINTEXT://localhost:${await freePort()}`, 'log.dirs': directory },
    /thesis\.txt/,
  )
  assert.deepEqual(readdirSync(directory), ['thesis.txt'])
})

test('a misspelt property is refused with the nearest name', async () => {
  await assertRefused(
    { 'log.retention.hour': '7', 'log.dirs': newFolder() },
    /log\.retention\.hour .*Did you mean log\.retention\.hours\?/,
  )
})

test('a value that cannot be is refused with its property', async () => {
  await assertRefused({ 'num.partitions': 'many', 'log.dirs': newFolder() }, /num\.partitions/)
})

test('a properties file that is not there is refused with its name', async () => {
  const run = new Run(path.join(root, 'bin/moldau'), ['server', 'start', 'missing.properties'])
  assert.equal(await run.ended(), 1)
  assert.match(run.err, /missing\.properties/)
})
