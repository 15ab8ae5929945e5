/**
 * The load tools: `raw/` and `load/` are built with Go, librdkafka's own performance tool is built from the sources
 * that the npm package node-rdkafka carries, Kafka's perf tools come with its jars. All are kept outside of the clone.
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

export type Figures = Readonly<Record<string, number>>

const bench = path.join(import.meta.dirname, '..')
const cache =
  process.env['MOLDAU_COMPAT_CACHE'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'moldau-compat')
const outputMax = 16 * 1024 * 1024
/** No measurement takes longer, whatever hangs. */
const deadlineMs = 180_000

export const tools = {
  raw: path.join(cache, 'bench-raw'),
  load: path.join(cache, 'bench-franz'),
  rdkafka: path.join(cache, 'bench-rdkafka_performance'),
} as const

/** Builds what is missing or older than its source. */
export function buildTools(withRdkafka: boolean): void {
  mkdirSync(cache, { recursive: true })
  for (const [folder, binary] of [
    ['raw', tools.raw],
    ['load', tools.load],
  ] as const)
    execFileSync('go', ['build', '-o', binary, '.'], {
      cwd: path.join(bench, folder),
      stdio: 'inherit',
    })
  if (withRdkafka && !existsSync(tools.rdkafka))
    execFileSync(path.join(bench, 'rdkafka/build.sh'), [tools.rdkafka], { stdio: 'inherit' })
  execFileSync(path.join(bench, '../compat/oracle/kafka.sh'), ['jars'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Runs `raw` or `load` and returns the line of JSON that it prints. */
export async function ask(
  tool: 'raw' | 'load',
  command: string,
  parameters: Readonly<Record<string, string | number | boolean>>,
): Promise<Figures> {
  const flags = Object.entries(parameters).map(([name, value]) => `-${name}=${value}`)
  const { stdout } = await promisify(execFile)(tools[tool], [command, ...flags], {
    maxBuffer: outputMax,
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  })
  return JSON.parse(stdout) as Figures
}

/** Runs a program and returns what it prints, on both channels. */
export async function output(program: string, parameters: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, parameters, {
    maxBuffer: outputMax,
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
    env: { ...process.env, KAFKA_HEAP_OPTS: '-Xmx512M' },
  })
  return stdout + stderr
}

/** Runs one of Kafka's own tools, as its script would; options come before what stands alone. */
export function java(
  className: string,
  options: Readonly<Record<string, string | number>>,
  ...parameters: string[]
): Promise<string> {
  const script = path.join(bench, '../compat/oracle/kafka.sh')
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  return output(script, ['run', `org.apache.kafka.tools.${className}`, ...words, ...parameters])
}
