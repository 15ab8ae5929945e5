/** A connection of the fuzzer is that of the tests: any bytes out, frames in, and no answer is an answer too. */
export {
  type Outcome,
  RawConnection as Connection,
} from '../packages/testing/src/raw-connection.ts'
