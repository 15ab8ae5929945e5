/** Items of SEMANTICS that a case file does not show, and why; printed by the runner. */
export interface NotShown {
  readonly item: string
  readonly reason: string
}
