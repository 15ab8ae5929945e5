/**
 * What these tests need of the machine: root (mounts), loop devices, gcc for the two small C programs, Java and Maven
 * for Apache Kafka. A part whose needs are missing is skipped in one line; with CI=true that is a failure.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export type Need = 'gcc' | 'mounts' | 'loop devices' | 'Apache Kafka'

const probes: Readonly<Record<Need, () => boolean>> = {
  gcc: () => runs('gcc', '--version'),
  // `run.sh` starts the tests in a mount namespace of their own, where it can.
  mounts: () => process.env['FAULTS_PRIVATE_MOUNTS'] === 'yes',
  'loop devices': () => existsSync('/dev/loop-control') && runs('mkfs.ext4', '-V'),
  'Apache Kafka': () => runs('java', '-version') && runs('mvn', '--version'),
}
const known = new Map<Need, boolean>()

/** The needs that this machine does not meet. */
export function missing(needs: readonly Need[]): Need[] {
  return needs.filter(need => {
    const isMet = known.get(need) ?? probes[need]()
    known.set(need, isMet)
    return !isMet
  })
}

/** Compiles a C file of this folder once; returns the path of the program or library. */
export function compiled(name: 'shim' | 'cut'): string {
  const source = path.join(import.meta.dirname, `${name}.c`)
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12)
  const folder = path.join(
    process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'),
    'moldau-faults',
  )
  const result = path.join(folder, `${name}-${digest}${name === 'shim' ? '.so' : ''}`)
  if (existsSync(result)) return result
  mkdirSync(folder, { recursive: true })
  const unfinished = `${result}.${process.pid}`
  const flags = name === 'shim' ? ['-shared', '-fPIC'] : []
  execFileSync('gcc', ['-O2', '-Wall', ...flags, '-o', unfinished, source, '-ldl'])
  renameSync(unfinished, result)
  return result
}

function runs(program: string, ...words: string[]): boolean {
  try {
    execFileSync(program, words, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
