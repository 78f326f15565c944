// What the SDK's worker asks of the browser: its store, for which it really waits, and the server.
//
// The store's worker (store-worker.js) and this one share two pieces of memory: `control`, by which this one is woken,
// and `data`, through which answers come, a piece at a time.

let store = null;
let control = null;
let data = null;

// How long an answer of the store's worker may take. A commit is waited for by the disk, never by the network.
const ANSWER_MS_MAX = 120_000;

// The slowest link that is waited for, in bytes a millisecond.
const SLOWEST_LINK = 0.25;

/** Starts the store's worker; to be called once, before anything is asked of it. */
export async function startStore(worker) {
  // Only a page that is isolated from others (COOP and COEP) may share memory.
  if (globalThis.crossOriginIsolated !== true) throw new Error("the page is not isolated");
  control = new Int32Array(new SharedArrayBuffer(8));
  data = new Uint8Array(new SharedArrayBuffer(1 << 20));
  store = worker;
  await new Promise((resolve, reject) => {
    store.onmessage = () => resolve();
    store.onerror = (event) => reject(new Error(event.message || "the store's worker did not start"));
    store.postMessage({ control, data });
  });
}

function wait(message) {
  Atomics.store(control, 0, 0);
  store.postMessage(message);
  if (Atomics.wait(control, 0, 0, ANSWER_MS_MAX) === "timed-out") {
    // An answer that comes now would be taken for that of another question.
    store = null;
    throw new Error("the store's worker does not answer");
  }
  return Atomics.load(control, 1);
}

/** Asks the store's worker and waits for its answer. */
export function askStore(request) {
  if (store === null) throw new Error("the store's worker does not run");
  const whole = new Uint8Array(wait({ request }));
  let at = 0;
  while (at < whole.length) {
    if (at > 0) wait({ from: at });
    const piece = Math.min(data.length, whole.length - at);
    whole.set(data.subarray(0, piece), at);
    at += piece;
  }
  return whole;
}

class Reply {
  constructor(response, controller, noProgressMs) {
    this.status = response.status;
    const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
    this.retryAfter = seconds > 0 ? seconds : 0;
    this.reader = response.body?.getReader() ?? null;
    this.controller = controller;
    this.noProgressMs = noProgressMs;
  }

  async next() {
    if (this.reader === null) return null;
    const stop = setTimeout(() => this.controller.abort(), this.noProgressMs);
    try {
      const { done, value } = await this.reader.read();
      return done ? null : value;
    } finally {
      clearTimeout(stop);
    }
  }
}

/**
 * Posts a body. The promise is refused when the server was not reached, and with an AbortError when it took too long: a
 * browser does not say how far an upload has come, so the time grows with the body.
 */
export async function post(url, contentType, body, noProgressMs) {
  const controller = new AbortController();
  const stop = setTimeout(() => controller.abort(), noProgressMs * 2 + body.length / SLOWEST_LINK);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": contentType },
      body,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: controller.signal,
    });
    return new Reply(response, controller, noProgressMs);
  } finally {
    clearTimeout(stop);
  }
}
