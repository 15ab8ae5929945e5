/** All questions, in the order of the table. */
import type { Question } from '../core/question.ts'
import { aloneQuestions } from './alone.ts'
import { clientQuestions } from './clients.ts'
import { consumeQuestions } from './consume.ts'
import { latencyQuestions } from './latency.ts'
import { rawQuestions } from './raw.ts'
import { waitingQuestions } from './waiting.ts'

export const questions: readonly Question[] = [
  ...aloneQuestions,
  ...rawQuestions,
  ...clientQuestions,
  ...latencyQuestions,
  ...consumeQuestions,
  ...waitingQuestions,
]
