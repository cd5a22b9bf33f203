import { expect, it } from "vitest";

import { Latest } from "../../src/models/latest";

/** A `Latest` whose answers come when `answer` or `fail` is called, and what came of them. */
function questions() {
  const asked: number[] = [];
  const told: string[] = [];
  let answer!: (text: string) => void;
  let fail!: (reason: Error) => void;
  const latest = new Latest<number, string>(
    (question) => {
      asked.push(question);
      return new Promise((resolve, reject) => ([answer, fail] = [resolve, reject]));
    },
    (text, question) => told.push(`${question}: ${text}`),
    ({ message }) => told.push(message),
  );
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  return {
    latest, asked, told,
    answer: (text: string) => (answer(text), settled()),
    fail: (message: string) => (fail(new Error(message)), settled()),
  };
}

it("asks one question at a time, and of those that wait the latest alone", async () => {
  const { latest, asked, told, answer } = questions();
  for (const question of [1, 2, 3]) latest.ask(question);
  expect(asked).toEqual([1]);
  await answer("one");
  expect(asked).toEqual([1, 3]);
  await answer("three");
  expect(told).toEqual(["1: one", "3: three"]);
  latest.ask(4);
  await answer("four");
  expect(told[2]).toBe("4: four");
});

it("says what failed, and goes on with what waits", async () => {
  const { latest, told, answer, fail } = questions();
  latest.ask(1);
  latest.ask(2);
  await fail("no network");
  await answer("two");
  expect(told).toEqual(["no network", "2: two"]);
});

it("tells nothing of a cancelled question, whether it is answered or fails", async () => {
  const { latest, asked, told, answer, fail } = questions();
  latest.ask(1);
  latest.ask(2);
  latest.cancel();
  await answer("one");
  expect(asked).toEqual([1]);
  latest.ask(3);
  latest.cancel();
  latest.ask(4);
  await fail("no network");
  expect(told).toEqual([]);
  await answer("four");
  expect(told).toEqual(["4: four"]);
});
