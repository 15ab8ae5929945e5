/**
 * Bugs that the tests must find: each is a small change of one source file, made while the file is loaded (plant.ts) in
 * a process that has `MOLDAU_PLANTED` set to its name. The production code holds no trace of them; a text that is not
 * found exactly once in its file is an error, so that they follow the code. docs/decisions tells why.
 */

/** One change: `find` must be in the file once. */
interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

export interface PlantedBug {
  readonly name: string
  /** What a reader should think of. */
  readonly tells: string
  readonly edits: readonly Edit[]
}

export const plantedBugs: readonly PlantedBug[] = [
  bug('ack-before-fsync', 'flush=commit answers when the write has returned', {
    file: 'log/src/partition-log.ts',
    find: "if (this.#config['flush.policy'] === 'commit') return durable",
    replace: "if (this.#config['flush.policy'] === 'commit') return this.writtenOffset",
  }),
  bug('fsync-retried', 'an fsync that failed is tried again, and believed', {
    file: 'log/src/log-sync.ts',
    find: 'quick.tookThread(start)\n      if (this.#isStopped) done()\n      else if (error !== null) this.#failed(error, done)',
    replace:
      'quick.tookThread(start)\n      if (this.#isStopped) done()\n      else if (error !== null) this.#syncFile(path, done, then)',
  }),
  bug('no-directory-fsync', 'the name of a new segment is not made durable', {
    file: 'log/src/log-sync.ts',
    find: 'files.syncDirectoryAsync(folder, after(then))',
    replace: 'then()',
  }),
  bug('truncate-to-high-watermark', 'a start cuts the log at its high watermark', {
    file: 'log/src/log-contents.ts',
    find: 'contents.epochs.truncateFromEnd(contents.logEndOffset)',
    replace:
      'contents.logEndOffset = Math.max(contents.logStartOffset, Math.min(contents.logEndOffset, known.highWatermark)); contents.epochs.truncateFromEnd(contents.logEndOffset)',
  }),
  bug('sequence-off-by-one', 'a batch may leave out one sequence', {
    file: 'log/src/core/producer-states.ts',
    find: 'return next === last + 1 ||',
    replace: 'return next === last + 1 || next === last + 2 ||',
  }),
  bug(
    'older-duplicate-accepted',
    'only the last batch is recognised when it comes again',
    {
      file: 'log/src/core/producer-states.ts',
      find: 'for (const batch of state.batches)\n      if (batch.lastSequence',
      replace: 'for (const batch of state.batches.slice(-1))\n      if (batch.lastSequence',
    },
    {
      file: 'log/src/core/producer-states.ts',
      find: 'if (!isInSequence(last, batch.firstSequence))',
      replace: 'if (batch.firstSequence > last + 1)',
    },
  ),
  bug('stale-producer-snapshot', 'batches behind the producer snapshot are not replayed', {
    file: 'log/src/log-contents.ts',
    find: 'const from = Math.max(snapshot?.offset ?? 0, contents.logStartOffset)',
    replace:
      'const from = snapshot === undefined ? contents.logStartOffset : contents.logEndOffset',
  }),
  bug('index-past-batch', 'an index entry points behind its batch', {
    file: 'log/src/segment.ts',
    find: 'this.offsetIndex.append(lastOffset, this.sizeInBytes)',
    replace: 'this.offsetIndex.append(lastOffset, this.sizeInBytes + bytes)',
  }),
  bug('recovery-one-short', 'recovery stops one record early', {
    file: 'log/src/log-contents.ts',
    find: 'contents.logEndOffset = Math.max(contents.logStartOffset, nextOffset)',
    replace: 'contents.logEndOffset = Math.max(contents.logStartOffset, nextOffset - 1)',
  }),
  bug('torn-tail-accepted', 'recovery does not look at checksums', {
    file: 'log/src/log-contents.ts',
    find: 'checksCrc: true',
    replace: 'checksCrc: false',
  }),
  bug('epochs-not-cut', 'a cut leaves the leader epochs as they were', {
    file: 'log/src/open-log.ts',
    find: 'contents.epochs.truncateFromEnd(offset)',
    replace: '',
  }),
  bug('recovery-point-before-flush', 'checkpoints say durable of what is not', {
    file: 'log/src/partition-log.ts',
    find: 'durableOffset: log.sync.durableOffset,',
    replace: 'durableOffset: logEndOffset,',
  }),
  bug(
    'answered-before-written',
    'offsets count when they are assigned, before their write',
    {
      file: 'log/src/partition-log.ts',
      find: 'return this.#closedTail?.logEndOffset ?? this.#opened.writtenOffset',
      replace: 'return this.logEndOffset',
    },
    {
      file: 'log/src/partition-log.ts',
      find: 'return log.append(records, options)',
      replace: 'const result = log.append(records, options); this.onProgress?.(); return result',
    },
  ),
  bug('vote-before-fsync', 'the vote is written in place and not synced', {
    file: 'raft/src/quorum-state-file.ts',
    find: 'files.replace(path, Buffer.from(JSON.stringify(data)))',
    replace:
      "const file = files.open(path, 'create'); file.truncate(0); file.write(Buffer.from(JSON.stringify(data)), 0); file.close()",
  }),
  bug('snapshot-before-fsync', 'a metadata snapshot gets its name before it is durable', {
    file: 'raft/src/snapshot-files.ts',
    find: 'file.datasync()',
    replace: '',
  }),
  bug('clean-without-fsync', 'a clean stop vouches for indexes that were not synced', {
    file: 'log/src/open-log.ts',
    find: 'await this.sync.finish(this.#finished, this.contents.logEndOffset)',
    replace: '',
  }),
  bug('deleted-too-soon', 'segments go before the new log start is durable', {
    file: 'log/src/open-log.ts',
    find: 'this.#home.afterCheckpoint(() => {',
    replace: '[1].forEach(() => {',
  }),
  bug('deleted-topic-returns', 'the folder of a deleted topic is renamed, not durably', {
    file: 'log/src/partition-folders.ts',
    find: 'world.files.syncDirectory(directory)\n  return path',
    replace: 'return path',
  }),
]

function bug(name: string, tells: string, ...edits: Edit[]): PlantedBug {
  return { name, tells, edits }
}
