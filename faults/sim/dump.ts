/**
 * The judge from outside: images of recovered disks are written to a real folder and read by Apache Kafka's own
 * `kafka-dump-log --deep-iteration`, all files in one start of the JVM; it checks every batch, and the indexes against
 * their logs.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeImage, type Image } from './image.ts'

const kafka = join(import.meta.dirname, '../../compat/oracle/kafka.sh')

/** What the tool said. */
export interface DumpResult {
  readonly images: number
  readonly files: number
  readonly batches: number
  /** Why it did not run: a tool is missing. */
  readonly skipped: string
  readonly failures: readonly string[]
}

/** Has the images read by Kafka's tool. Without Java it is skipped. */
export function dumpImages(images: readonly Image[]): DumpResult {
  const nothing = { images: images.length, files: 0, batches: 0, failures: [] }
  const lacking = ['java', 'mvn'].find(tool => spawnSync('which', [tool]).status !== 0)
  if (lacking !== undefined) return { ...nothing, skipped: `there is no ${lacking} here` }
  const folder = mkdtempSync(join(tmpdir(), 'moldau-images-'))
  try {
    images.forEach((image, index) => writeImage(join(folder, String(index)), image))
    const files = globSync('*/data/*-[0-9]*/*.{log,index,timeindex,snapshot,txnindex}', {
      cwd: folder,
    }).sort()
    const { status, stdout, stderr } = spawnSync(
      kafka,
      [
        'run',
        'org.apache.kafka.tools.DumpLogSegments',
        '--deep-iteration',
        '--files',
        files.join(','),
      ],
      {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
        timeout: 300_000,
        killSignal: 'SIGKILL',
        env: { ...process.env, KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m' },
      },
    )
    const batches = stdout.match(/isvalid: true/g)?.length ?? 0
    // What it finds wrong with an index goes to its error output.
    const failures = `${stdout}\n${stderr}`
      .split('\n')
      .filter(line => /isvalid: false|Mismatches|[^1] is followed by|mismatch|corrupt/i.test(line))
    if (status !== 0) failures.push(`kafka-dump-log ended with ${status}: ${stderr.slice(-500)}`)
    if (batches === 0) failures.push(`kafka-dump-log has read no batch: ${stdout.slice(0, 300)}`)
    return { images: images.length, files: files.length, batches, skipped: '', failures }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
