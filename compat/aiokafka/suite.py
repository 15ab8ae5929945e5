"""aiokafka: see ../README.md for the phases. `member` is a process that a check starts and kills."""
import asyncio
import logging
import sys

import admin
import commits
import data
import groups
import survivor
from checks import exit_code

logging.disable(logging.CRITICAL)


async def before():
    await admin.before()
    await asyncio.gather(data.before(), groups.before(), commits.before())
    await survivor.run()


async def after():
    await data.after()
    await commits.after()
    await admin.after()


phases = {"before": before, "after": after, "member": groups.member}
if __name__ == "__main__":
    asyncio.run(phases[sys.argv[2]]())
    sys.exit(exit_code())
