/**
 * Holds the layers of ARCHITECTURE.md: an import may only point to a lower layer, must be declared in the package's
 * own package.json, and never reaches into another package by a path. `core/` folders import no Node module and hold
 * no `await`.
 */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const rank: Record<string, number> = {
  base: 0,
  protocol: 1,
  io: 1,
  log: 2,
  security: 2,
  raft: 3,
  metadata: 3,
  client: 3,
  controller: 4,
  coordinators: 4,
  broker: 5,
  cli: 7,
  console: 7,
  moldau: 8,
}
const problems: string[] = []
const importPattern =
  /^(?:import|export)\b[^'"`]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm

for (const file of globSync('packages/*/src/**/*.ts')) {
  const [, folder = ''] = file.split(path.sep)
  const own = JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8')) as {
    dependencies?: Record<string, string>
  }
  const text = readFileSync(file, 'utf8')
  const inCore = /[\\/]core[\\/]/.test(file)
  for (const match of text.matchAll(importPattern)) {
    const target = match[1] ?? match[2] ?? match[3] ?? ''
    if (target.startsWith('.')) {
      const resolved = path.normalize(path.join(path.dirname(file), target))
      if (!resolved.startsWith(path.join('packages', folder) + path.sep))
        problems.push(`${file}: reaches out of its package to ${target}`)
      continue
    }
    if (target.startsWith('node:')) {
      if (inCore) problems.push(`${file}: a core imports ${target}`)
      continue
    }
    const dependency = target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/')
    if (own.dependencies?.[dependency] === undefined)
      problems.push(`${file}: ${dependency} is not declared in packages/${folder}/package.json`)
    const layer = dependency === 'moldau' ? 'moldau' : dependency.replace('@moldau/', '')
    if (dependency !== 'moldau' && !dependency.startsWith('@moldau/')) continue
    if (layer === 'testing') problems.push(`${file}: testing is for test folders only`)
    const from = rank[folder]
    const to = rank[layer]
    if (folder === 'testing' || from === undefined || to === undefined) continue
    if (to > from || (to === from && layer !== folder))
      problems.push(`${file}: ${folder} (layer ${from}) must not import ${layer} (layer ${to})`)
  }
  if (inCore && /\bawait\b/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')))
    problems.push(`${file}: a core holds an await`)
}

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log('layers: ok')
