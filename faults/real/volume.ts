/**
 * File systems for one test: ext4 on a loop device, whose power can be cut, and tmpfs of a small size. They live in the
 * mount namespace that `run.sh` has made, so that the kernel unmounts them and frees the loop devices when the tests
 * end, however they end.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { compiled } from './needs.ts'

const MEGABYTE = 1024 * 1024

/** A mounted file system, and how it can be harmed. */
export class Volume {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'moldau-volume-'))
  readonly #image: string | undefined
  /** Where it is mounted. */
  readonly path: string
  #cutter: ChildProcess | undefined

  /** Tests that are stopped leave nothing behind. The processes that use the mount may not be gone yet. */
  readonly #atExit = (): void => this.#remove(['umount', '--lazy', this.path])

  private constructor(image: boolean) {
    process.once('exit', this.#atExit)
    this.path = path.join(this.#folder, 'mount')
    this.#image = image ? path.join(this.#folder, 'image') : undefined
    mkdirSync(this.path)
  }

  /** ext4 with its default journal, in a sparse image file. */
  static ext4(megabytes: number): Volume {
    const volume = new Volume(true)
    const image = openSync(volume.#image!, 'w')
    ftruncateSync(image, megabytes * MEGABYTE)
    closeSync(image)
    execFileSync('mkfs.ext4', ['-q', '-F', volume.#image!])
    volume.mount()
    return volume
  }

  static tmpfs(megabytes: number): Volume {
    const volume = new Volume(false)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', volume.path])
    return volume
  }

  mount(): void {
    execFileSync('mount', ['-o', 'loop', this.#image!, this.path])
  }

  unmount(): void {
    execFileSync('umount', [this.path])
  }

  /** Changes mount options: `size=40m`, `remount,abort`, … */
  remount(options: string): void {
    execFileSync('mount', ['-o', `remount,${options}`, this.path])
  }

  /** Makes what is written by now durable. */
  sync(): void {
    execFileSync('sync', ['-f', this.path])
  }

  /** Stands ready, so that `cut` follows at once. */
  async arm(): Promise<void> {
    const cutter = spawn(compiled('cut'), [this.path], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#cutter = cutter
    await once(cutter.stdout, 'data')
  }

  /** Cuts the power. The call has been asked for when this returns, and made when the promise resolves. */
  async cut(): Promise<void> {
    const cutter = this.#cutter
    if (cutter?.stdin == null) throw new Error('The volume is not armed')
    this.#cutter = undefined
    const ended = once(cutter, 'exit')
    cutter.stdin.write('x')
    const [code] = (await ended) as [number | null]
    if (code !== 0) throw new Error(`The power was not cut: exit code ${code}`)
  }

  [Symbol.dispose](): void {
    this.#cutter?.kill('SIGKILL')
    process.off('exit', this.#atExit)
    this.#remove(['umount', this.path])
  }

  #remove(unmount: readonly [string, ...string[]]): void {
    try {
      execFileSync(unmount[0], unmount.slice(1), { stdio: 'ignore' })
    } catch {
      // Unmounted already, or still in use: then the end of the namespace does it.
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
