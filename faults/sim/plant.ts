/** Loaded before anything else (`node --import`): changes the source of the planted bug that `MOLDAU_PLANTED` names. */
import { registerHooks } from 'node:module'
import { plantedBugs } from './planted-bugs.ts'

const name = process.env['MOLDAU_PLANTED']
const bug = plantedBugs.find(one => one.name === name)
if (name !== undefined && bug === undefined) throw new Error(`No planted bug is called ${name}`)

registerHooks({
  load(url, context, nextLoad) {
    const result = nextLoad(url, context)
    const edits = bug?.edits.filter(({ file }) => url.endsWith(`/packages/${file}`)) ?? []
    if (edits.length === 0) return result
    let text = String(
      typeof result.source === 'string' ? result.source : Buffer.from(result.source as Uint8Array),
    )
    for (const { file, find, replace } of edits) {
      if (text.split(find).length !== 2)
        throw new Error(`Planted bug ${name}: ${file} does not hold its text once: ${find}`)
      text = text.replace(find, () => replace)
    }
    return { ...result, source: text }
  },
})
