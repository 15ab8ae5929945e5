/** Methods of Node's Buffer that its published types leave out: text in one encoding, without a look at its name. */
export interface NodeBuffer {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
  base64urlSlice(start: number, end: number): string
  latin1Write(text: string, offset: number, length: number): number
  utf8Write(text: string, offset: number, length: number): number
}

/** The same Buffer with these methods in its type. */
export function asNodeBuffer(buffer: Buffer): NodeBuffer {
  return buffer as unknown as NodeBuffer
}
