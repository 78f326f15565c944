// The page's side: a device whose every method answers by a promise.
//
//   const device = await open("crew");
//   await device.enrol(location.origin, code);
//   await device.add("encounter", JSON.stringify({ outcome: "engaged", place_unknown: true }));
//   await device.syncNow();

/** Opens the database `name` in a worker of its own. A failure is thrown with its stable `code`. */
export async function open(name, { autoSync = false } = {}) {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const open = new Map();
  let last = 0;
  const call = (call, ...args) =>
    new Promise((resolve, reject) => {
      open.set(++last, { resolve, reject });
      worker.postMessage({ id: last, call, args });
    });
  worker.onmessage = ({ data: { id, value, failure } }) => {
    const { resolve, reject } = open.get(id);
    open.delete(id);
    if (failure) reject(Object.assign(new Error(failure.message), failure));
    else resolve(value);
  };
  worker.onerror = (event) => {
    // Nothing more will be answered.
    const failure = { code: "failed", message: event.message || "the worker ended" };
    for (const { reject } of open.values()) reject(Object.assign(new Error(failure.message), failure));
    open.clear();
  };
  await call("open", name, autoSync);
  const own = { terminate: () => worker.terminate() };
  // A promise asks whatever it is given for `then`.
  const method = (_, name) => own[name] ?? (name === "then" ? undefined : (...args) => call(name, ...args));
  return new Proxy(own, { get: method });
}
