// Where the phone keeps what it holds: IndexedDB; else the memory of the page, and the page says so.
import { openDB } from "idb";

const NAME = "portrea-collecte";
const TABLES = ["queue", "drafts", "forms", "meta"];

export const isFull = (error) => error?.name === "QuotaExceededError" || error?.inner?.name === "QuotaExceededError";

export async function openStore() {
  try {
    const base = await openDB(NAME, 1, {
      upgrade(made) {
        for (const table of TABLES) made.createObjectStore(table);
      },
    });
    return new Kept(base);
  } catch {
    return new Held();
  }
}

function abandon(work) {
  try {
    work.abort();
  } catch {
    // it was already given up
  }
}

class Kept {
  lasts = true;

  constructor(base) {
    this.base = base;
  }

  get(table, key) {
    return this.base.get(table, key);
  }

  all(table) {
    return this.base.getAll(table);
  }

  count(table) {
    return this.base.count(table);
  }

  // All or nothing, on the disk when it returns. A change is [table, key, value], without value a removal.
  async write(changes) {
    const tables = [...new Set(changes.map(([table]) => table))];
    const work = this.base.transaction(tables, "readwrite", { durability: "strict" });
    work.done.catch(() => {}); // told below
    try {
      const asked = changes.map(([table, key, value]) => {
        const held = work.objectStore(table);
        return value === undefined ? held.delete(key) : held.put(value, key);
      });
      await Promise.all([...asked, work.done]);
    } catch (error) {
      const why = work.error ?? error;
      if (!work.error) abandon(work);
      throw why;
    }
  }

  // Take away what was acknowledged, counting only what was still there: two tabs may send the same.
  async acknowledge(keys) {
    const work = this.base.transaction(["queue", "meta"], "readwrite", { durability: "strict" });
    const [queue, meta] = [work.objectStore("queue"), work.objectStore("meta")];
    let sent = (await meta.get("sent")) ?? 0;
    for (const key of keys) {
      if ((await queue.getKey(key)) === undefined) continue;
      sent += 1;
      queue.delete(key);
    }
    meta.put(sent, "sent");
    await work.done;
  }
}

class Held {
  lasts = false;
  tables = Object.fromEntries(TABLES.map((table) => [table, new Map()]));

  async get(table, key) {
    return this.tables[table].get(key);
  }

  async all(table) {
    return [...this.tables[table].values()];
  }

  async count(table) {
    return this.tables[table].size;
  }

  async write(changes) {
    for (const [table, key, value] of changes) {
      if (value === undefined) this.tables[table].delete(key);
      else this.tables[table].set(key, value);
    }
  }

  async acknowledge(keys) {
    const gone = keys.filter((key) => this.tables.queue.delete(key)).length;
    this.tables.meta.set("sent", (this.tables.meta.get("sent") ?? 0) + gone);
  }
}
