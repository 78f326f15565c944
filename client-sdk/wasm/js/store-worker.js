// The store's worker: one database of binary keys and values in IndexedDB, asked by the SDK's worker, which waits.
//
// Requests and answers are bytes, as told in src/kv.rs. Every write is one transaction of strict durability.

const PAIRS = "pairs";
const [WELL, FULL, IN_USE, FAILED] = [0, 1, 2, 3];

let control;
let data;
let answer = new Uint8Array(0);
let db = null;
let owned = null;

self.onmessage = async ({ data: message }) => {
  if (message.control) {
    ({ control, data } = message);
    self.postMessage("ready");
    return;
  }
  let from = message.from ?? 0;
  if (message.request) {
    answer = await answered(message.request);
    from = 0;
  }
  data.set(answer.subarray(from, from + data.length));
  Atomics.store(control, 1, answer.length);
  Atomics.store(control, 0, 1);
  Atomics.notify(control, 0);
};

async function answered(request) {
  try {
    return await handle(request);
  } catch (error) {
    if (error?.name === "QuotaExceededError") return new Uint8Array([FULL]);
    if (error?.name === "InUseError") return new Uint8Array([IN_USE]);
    const words = new TextEncoder().encode(`${error?.name ?? "Error"}: ${error?.message ?? error}`);
    return joined([new Uint8Array([FAILED]), words]);
  }
}

function handle(request) {
  const body = request.subarray(1);
  switch (request[0]) {
    case 0:
      return open(new TextDecoder().decode(body));
    case 1:
      return get(body);
    case 2:
      return scan(body, false);
    case 3:
      return scan(body, true);
    case 4:
      return commit(body);
    default:
      throw new Error("not a request");
  }
}

async function open(name) {
  db?.close();
  db = null;
  owned?.release();
  await owned?.released;
  owned = await own(name);
  db = await new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(PAIRS);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  return new Uint8Array([WELL]);
}

// One worker owns a database: two would each number what they write.
function own(name) {
  return new Promise((resolve, reject) => {
    const released = navigator.locks.request(`jisr-store:${name}`, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        reject(new DOMException("another tab has this store open", "InUseError"));
        return undefined;
      }
      return new Promise((release) => {
        // Not before `released` is there.
        queueMicrotask(() => resolve({ release, released }));
      });
    });
  });
}

async function get(key) {
  const value = await read((pairs) => pairs.get(key));
  return value === undefined ? new Uint8Array([WELL, 0]) : joined([new Uint8Array([WELL, 1]), value]);
}

async function scan(body, backwards) {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const limit = view.getUint32(0, true);
  const length = view.getUint32(4, true);
  const from = body.slice(8, 8 + length);
  const to = body.slice(8 + length);
  const range = IDBKeyRange.bound(from, to, false, true);
  const pairs = backwards ? await last(range, limit) : await first(range, limit);
  const parts = [new Uint8Array([WELL])];
  for (const [key, value] of pairs) parts.push(lengthOf(key), new Uint8Array(key), lengthOf(value), value);
  return joined(parts);
}

async function first(range, limit) {
  const [keys, values] = await Promise.all([
    read((pairs) => pairs.getAllKeys(range, limit)),
    read((pairs) => pairs.getAll(range, limit)),
  ]);
  return keys.map((key, place) => [key, values[place]]);
}

function last(range, limit) {
  const found = [];
  return new Promise((resolve, reject) => {
    const going = db.transaction(PAIRS).objectStore(PAIRS).openCursor(range, "prev");
    going.onerror = () => reject(going.error);
    going.onsuccess = () => {
      const cursor = going.result;
      if (cursor === null || found.length === limit) return resolve(found);
      found.push([cursor.key, cursor.value]);
      cursor.continue();
    };
  });
}

function read(ask) {
  return new Promise((resolve, reject) => {
    const asked = ask(db.transaction(PAIRS).objectStore(PAIRS));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

function commit(body) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(PAIRS, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve(new Uint8Array([WELL]));
    transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was given up"));
    const pairs = transaction.objectStore(PAIRS);
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    let at = 0;
    const part = () => {
      const length = view.getUint32(at, true);
      at += 4 + length;
      return body.slice(at - length, at);
    };
    try {
      while (at < body.length) {
        const puts = body[at++] === 1;
        const key = part();
        if (puts) pairs.put(part(), key);
        else pairs.delete(key);
      }
    } catch (error) {
      // What is queued already would be committed by itself.
      transaction.onabort = () => reject(error);
      transaction.abort();
    }
  });
}

function lengthOf(bytes) {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setUint32(0, bytes.byteLength, true);
  return four;
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
