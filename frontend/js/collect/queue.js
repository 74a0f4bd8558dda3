// What the phone holds: answers begun, answers finished that wait for the server, and how many left.
import { COST, draw, secretOf } from "./secret.js";

const CHECK = "portrea";

export class Queue {
  secret = null;
  lock = null;
  last = Promise.resolve(); // the writing asked last

  constructor(store) {
    this.store = store;
  }

  async open() {
    this.lock = (await this.store.get("meta", "lock")) ?? null;
    return this;
  }

  get locked() {
    return Boolean(this.lock && !this.secret);
  }

  // Protect by a code all that is held and all that will be.
  async protect(code) {
    const salt = draw(16);
    const secret = await secretOf(code, salt);
    const lock = { salt, cost: COST, check: secret.seal(CHECK, CHECK) };
    await this.inTurn(async () => {
      const changes = [["meta", "lock", lock]];
      for (const table of ["queue", "drafts"])
        for (const one of await this.values(table)) changes.push([table, one.uuid, sealed(secret, one)]);
      await this.store.write(changes);
      Object.assign(this, { secret, lock });
    });
  }

  // One writing after another: while a code is being put, nothing is written in clear nor taken away.
  inTurn(work) {
    const done = this.last.then(work);
    this.last = done.catch(() => {});
    return done;
  }

  async unlock(code) {
    const secret = await secretOf(code, this.lock.salt, this.lock.cost);
    try {
      secret.open(CHECK, this.lock.check);
    } catch {
      return false;
    }
    this.secret = secret;
    return true;
  }

  // The code is forgotten: nothing of this can be read any more.
  async forget() {
    const gone = (await this.names("queue")).map((name) => ["queue", name]);
    const begun = (await this.names("drafts")).map((name) => ["drafts", name]);
    await this.store.write([...gone, ...begun, ["meta", "lock"]]);
    this.lock = this.secret = null;
  }

  async names(table) {
    return (await this.store.all(table)).map((one) => one.uuid);
  }

  async values(table) {
    return (await this.store.all(table)).map((one) => this.opened(one));
  }

  opened(record) {
    return record.box ? this.secret.open(record.uuid, record.box) : record.plain;
  }

  put(table, value) {
    return [table, value.uuid, this.secret ? sealed(this.secret, value) : { uuid: value.uuid, plain: value }];
  }

  async counts() {
    const kept = await this.store.count("queue");
    return { kept, sent: (await this.store.get("meta", "sent")) ?? 0 };
  }

  async drafts() {
    return (await this.values("drafts")).sort((one, other) => one.begun.localeCompare(other.begun));
  }

  begin(draft) {
    return this.inTurn(() => this.store.write([this.put("drafts", draft)]));
  }

  drop(uuid) {
    return this.inTurn(() => this.store.write([["drafts", uuid]]));
  }

  finish(item) {
    return this.inTurn(() => this.store.write([this.put("queue", item), ["drafts", item.uuid]]));
  }

  waiting() {
    return this.values("queue");
  }

  refuse(item, why) {
    return this.inTurn(() => this.store.write([this.put("queue", { ...item, why })]));
  }

  acknowledge(uuids) {
    return this.inTurn(() => this.store.acknowledge(uuids));
  }

  // Erase what was handed over in a file, when who received it has said that it is loaded.
  discard(uuids) {
    return this.inTurn(() => this.store.write(uuids.map((uuid) => ["queue", uuid])));
  }

  get(name) {
    return this.store.get("meta", name);
  }

  set(name, value) {
    return this.store.write([["meta", name, value]]);
  }

  form(to, version) {
    return this.store.get("forms", `${to}/${version}`);
  }

  keepForms(forms) {
    return this.store.write(forms.map((one) => ["forms", `${one.to}/${one.version}`, one]));
  }
}

const sealed = (secret, value) => ({ uuid: value.uuid, box: secret.seal(value.uuid, value) });
