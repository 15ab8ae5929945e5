/** The entry of the `moldau` command and of Kafka's tools under their own names (see bin/moldau). */
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { run } = await import('@moldau/cli')
process.exitCode = await run(process.argv.slice(2))
