export { BrokerProcess, freePort } from './broker-process.ts'
export { RawConnection } from './raw-connection.ts'
