/**
 * `npm run build`: the sources as a few files in `dist/`, which `bin/moldau` prefers while they are newer than every
 * source: one file is read instead of 400, and a start takes half the time. Files are named by what is in them, written beside and then moved in, main.js
 * last: a start at the same moment, and a broker that still runs from the files of before, find all that they ask for.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'

const target = 'dist'
const dayMs = 86_400_000

const beside = mkdtempSync('dist-')
await build({
  entryPoints: ['packages/moldau/src/main.ts'],
  outdir: beside,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Native modules find their binaries beside themselves.
  external: ['@node-rs/crc32', 'lz4-napi', 'snappy'],
  // CommonJS libraries inside the bundle ask for Node's modules by require().
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
})

const made = readdirSync(beside).sort((a, b) => Number(a === 'main.js') - Number(b === 'main.js'))
mkdirSync(target, { recursive: true })
for (const name of made) renameSync(path.join(beside, name), path.join(target, name))
rmSync(beside, { recursive: true })
for (const name of readdirSync(target)) {
  const file = path.join(target, name)
  if (!made.includes(name) && Date.now() - statSync(file).mtimeMs > dayMs)
    rmSync(file, { force: true })
}
