// Sends what waits whenever the server answers, and takes an answer away only when a receipt names it.
import { digestOf } from "./digest.js";

const MOST = 20;
const MOST_TEXT = 400000;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60000;
const PATIENCE = 20000;

// What leaves the phone of one thing that it holds.
export const told = ({ uuid, kind, version, answers, answered, table }) => ({
  uuid, kind, version, answers, answered, table,
});

export class Sender {
  wait = FIRST_WAIT;
  running = false;
  again = false;
  most = MOST;

  // `root` is the folder of addresses; `say` receives what happens: "sent", "waiting", "refused".
  constructor(queue, root, say) {
    Object.assign(this, { queue, root, say });
  }

  // Something changed (a new answer, the network is back): try at once.
  wake() {
    this.wait = FIRST_WAIT;
    return this.run();
  }

  async run() {
    clearTimeout(this.timer);
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    try {
      do {
        this.again = false;
        await this.empty();
      } while (this.again);
    } finally {
      this.running = false;
    }
  }

  async empty() {
    for (let batch = await this.next(); batch.length; batch = await this.next()) {
      const trouble = await this.send(batch);
      if (trouble) {
        this.later(trouble);
        return;
      }
      this.wait = FIRST_WAIT;
      await this.say("sent", "");
    }
  }

  later(trouble) {
    this.timer = setTimeout(() => this.run(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
    this.say("waiting", trouble);
  }

  async next() {
    if (this.queue.locked) return [];
    const waiting = (await this.queue.waiting()).filter((one) => !one.why);
    const batch = [];
    let size = 0;
    for (const one of waiting.filter(({ to }) => to === waiting[0].to)) {
      size += JSON.stringify(one.answers).length;
      if (batch.length && (batch.length >= this.most || size > MOST_TEXT)) break;
      batch.push(one);
    }
    return batch;
  }

  // Return what went wrong, in French; empty when each answer of the batch has its receipt.
  async send(batch) {
    const stop = new AbortController();
    const alarm = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(`${this.root}${batch[0].to}/envoi/`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ answers: batch.map(told) }),
        credentials: "omit",
        signal: stop.signal,
      });
      const said = await answer.json();
      if (answer.status === 413 && this.most > 1) this.most = Math.ceil(this.most / 2);
      return answer.ok ? await this.received(batch, said.received) : said.error;
    } catch {
      return "Le serveur ne répond pas.";
    } finally {
      clearTimeout(alarm);
    }
  }

  async received(batch, receipts) {
    const kept = new Map(receipts.map((one) => [one.uuid, one]));
    const sure = batch.filter((one) => {
      const { taken, digest } = kept.get(one.uuid) ?? {};
      return ["new", "known", "clash"].includes(taken) && digest === digestOf(one.answers);
    });
    if (sure.length) await this.queue.acknowledge(sure.map((one) => one.uuid));
    const refused = batch.filter((one) => kept.get(one.uuid)?.taken === "refused");
    for (const one of refused) await this.queue.refuse(one, kept.get(one.uuid).why);
    if (refused.length) await this.say("refused", "");
    return sure.length + refused.length === batch.length ? "" : "Le serveur a mal accusé réception.";
  }
}
