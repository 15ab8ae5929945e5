/**
 * Metadata transactions (KIP-868): records between BeginTransactionRecord and EndTransactionRecord count together or
 * not at all. This filter holds them back.
 */
import type { MetadataRecord } from './records.ts'

/** Passes records on, those of a transaction when it ends. */
export class TransactionFilter {
  #held: MetadataRecord[] | undefined

  get isOpen(): boolean {
    return this.#held !== undefined
  }

  /** Gives `record`, or what it completes, to `apply`. @throws Error for a transaction record that is out of place */
  pass(record: MetadataRecord, apply: (record: MetadataRecord) => void): void {
    if (record.type === 'BeginTransactionRecord') {
      if (this.#held !== undefined) throw new Error('A metadata transaction began within another')
      this.#held = []
    } else if (record.type === 'EndTransactionRecord') {
      for (const held of this.#end('end')) apply(held)
    } else if (record.type === 'AbortTransactionRecord') {
      this.#end('abort')
    } else if (this.#held === undefined) {
      apply(record)
    } else {
      this.#held.push(record)
    }
  }

  #end(verb: string): MetadataRecord[] {
    const held = this.#held
    if (held === undefined) throw new Error(`Cannot ${verb} a metadata transaction: none is open`)
    this.#held = undefined
    return held
  }
}
