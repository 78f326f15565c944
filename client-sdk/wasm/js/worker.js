// The SDK's worker: it opens one database and answers what the page calls (index.js).

import init, * as sdk from "./jisr_client_sdk_wasm.js";

let device = null;
let started = null;

async function start() {
  await init();
  await sdk.startStore(new Worker(new URL("./store-worker.js", import.meta.url), { type: "module" }));
}

self.onmessage = async ({ data: { id, call, args } }) => {
  try {
    await (started ??= start());
    let value;
    if (call === "open") {
      device?.free();
      device = null;
      device = await sdk.Jisr.open(...args);
    } else if (device !== null && typeof device[call] === "function" && call !== "free") {
      value = await device[call](...args);
    } else {
      // The conformance suites of a test build.
      value = await sdk[call](...args);
    }
    self.postMessage({ id, value });
  } catch (error) {
    const failure = { code: error?.code ?? "failed", message: error?.message ?? String(error) };
    self.postMessage({ id, failure });
  }
};
