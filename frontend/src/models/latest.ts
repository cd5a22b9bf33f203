// Questions that come faster than they are answered: only the latest one waits.

/** Asks one question at a time; of those that come meanwhile it keeps the latest alone. */
export class Latest<Question, Answer> {
  private waiting: { question: Question } | null = null;
  private busy = false;
  private cancelled = 0;

  /** `show` and `failed` are not told of a question that was cancelled. */
  constructor(
    private answer: (question: Question) => Promise<Answer>,
    private show: (answer: Answer, question: Question) => void,
    private failed: (reason: Error) => void,
  ) {}

  ask(question: Question): void {
    this.waiting = { question };
    if (!this.busy) void this.work();
  }

  /** Forget what waits, and what is being answered. */
  cancel(): void {
    this.waiting = null;
    this.cancelled++;
  }

  private async work(): Promise<void> {
    this.busy = true;
    while (this.waiting) {
      const { question } = this.waiting;
      const { cancelled } = this;
      this.waiting = null;
      try {
        const answer = await this.answer(question);
        if (cancelled === this.cancelled) this.show(answer, question);
      } catch (failure) {
        if (cancelled === this.cancelled) this.failed(failure as Error);
      }
    }
    this.busy = false;
  }
}
