/**
 * Small rules on the shape of the source that no linter knows: a header comment in every source file, a README of at
 * most 40 lines in every package and tool folder, files that stay readable, a TODO that carries an issue number.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const problems: string[] = []
const longest = 520
const longestReadme = 40

for (const file of globSync(['packages/*/src/**/*.ts', '{compat,bench,faults,fuzz,demo}/**/*.ts'], {
  exclude: name => name.includes('node_modules'),
})) {
  const text = readFileSync(file, 'utf8')
  const lines = text.split('\n').length
  // Tables: one row per message, API or error.
  const isSchema = /packages\/protocol\/src\/(messages|stored|apis|errors)/.test(file)
  if (!file.endsWith('index.ts') && !isSchema && !/^(#!.*\n)?\s*(\/\*\*|\/\/)/.test(text))
    problems.push(`${file}: begins without a header comment`)
  if (lines > longest && !isSchema)
    problems.push(`${file}: ${lines} lines, look for the second noun`)
  if (/\bTODO\b(?!\(#\d+\))/.test(text)) problems.push(`${file}: a TODO without an issue number`)
}
const packages = globSync('packages/*/package.json').map(manifest => path.dirname(manifest))
for (const folder of [...packages, 'compat', 'bench', 'faults', 'fuzz'])
  if (!existsSync(path.join(folder, 'README.md'))) problems.push(`${folder}/README.md: missing`)
for (const readme of globSync('{packages,compat,bench,faults,fuzz}/**/README.md', {
  exclude: name => name.includes('node_modules') || name.includes('target'),
}))
  if (readFileSync(readme, 'utf8').trimEnd().split('\n').length > longestReadme)
    problems.push(`${readme}: more than ${longestReadme} lines`)

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log('tidy: ok')
