/** Pauses that grow, until patience is at its end. */
export class Again {
  readonly #until: number;
  readonly #safe: boolean;
  #pause = 100;

  constructor(patience = 60_000, safe: boolean) {
    this.#until = Date.now() + patience;
    this.#safe = safe;
  }

  async wait(told?: number): Promise<boolean> {
    const pause = told ?? this.#pause * (0.5 + Math.random() / 2);
    this.#pause = Math.min(this.#pause * 2, 10_000);
    if (!this.#safe || Date.now() + pause > this.#until) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
    return true;
  }
}
