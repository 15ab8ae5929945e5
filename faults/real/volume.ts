/**
 * File systems for one test: ext4 on a loop device, whose power can be cut, and tmpfs of a small size. They live in the
 * mount namespace that `run.sh` has made, so that the kernel unmounts them and frees the loop devices when the tests
 * end, however they end.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { compiled } from './needs.ts'

const MEGABYTE = 1024 * 1024
/** What a starved device still takes. */
const STARVED_BYTES = 2 * MEGABYTE
/** The smallest that ext4 has. */
const JOURNAL_MEGABYTES = 4

/** A mounted file system, and how it can be harmed. */
export class Volume {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'moldau-volume-'))
  readonly #backing = path.join(this.#folder, 'backing')
  #image: string | undefined
  /** Where it is mounted. */
  readonly path: string
  #cutter: ChildProcess | undefined

  /** Tests that are stopped leave nothing behind. The processes that use the mount may not be gone yet. */
  readonly #atExit = (): void =>
    this.#remove(['umount', '--lazy', this.path], ['umount', '--lazy', this.#backing])

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

  /** The same, on a device that has memory of its own for its blocks, and so can be made to fail: see `starve`. */
  static ext4OnMemory(megabytes: number): Volume {
    const volume = new Volume(true)
    mkdirSync(volume.#backing)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${2 * megabytes}m`, 'none', volume.#backing])
    volume.#image = path.join(volume.#backing, 'image')
    const image = openSync(volume.#image, 'w')
    ftruncateSync(image, megabytes * MEGABYTE)
    closeSync(image)
    // The journal and the tables have their blocks: what fails is data.
    const options = ['-E', 'lazy_itable_init=0,nodiscard', '-J', `size=${JOURNAL_MEGABYTES}`]
    execFileSync('mkfs.ext4', ['-q', '-F', ...options, volume.#image])
    volume.mount()
    volume.#wearJournal()
    return volume
  }

  /** Goes once around the journal, so that every block of it is there. */
  #wearJournal(): void {
    for (let i = 0; i < JOURNAL_MEGABYTES * 128; i++) {
      const folder = path.join(this.path, `folder-${i % 8}`)
      mkdirSync(folder, { recursive: true })
      const file = openSync(path.join(folder, 'file'), 'w')
      fsyncSync(file)
      closeSync(file)
      rmSync(folder, { recursive: true })
    }
  }

  /** Blocks that were never written can no longer be: writing them back fails with EIO. */
  starve(): void {
    const { blocks, bfree, bsize } = statfsSync(this.#backing)
    const bytes = (blocks - bfree) * bsize + STARVED_BYTES
    execFileSync('mount', ['-o', `remount,size=${bytes}`, this.#backing])
  }

  /** The device works again. */
  feed(megabytes: number): void {
    execFileSync('mount', ['-o', `remount,size=${megabytes}m`, this.#backing])
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
    this.#remove(['umount', this.path], ['umount', this.#backing])
  }

  #remove(...unmounts: (readonly [string, ...string[]])[]): void {
    for (const [command, ...words] of unmounts)
      try {
        execFileSync(command, words, { stdio: 'ignore' })
      } catch {
        // Not mounted, or still in use: then the end of the namespace does it.
      }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
