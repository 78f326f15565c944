// The SDK in a real Chromium: the stores' conformance suites on IndexedDB, and a night without network.
//
// Run by `cargo xtask web --test`, which says where the built package and the server are.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const [PACKAGE, SERVER] = [process.env.JISR_PACKAGE, process.env.JISR_SERVER];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "jisr-web-"));
const data = path.join(folder, "data");
const RECORD = JSON.stringify({ outcome: "engaged", place_unknown: true, observed: { boys: 2 } });
const PAGE = `<!doctype html><title>test</title><script type="module">
  import { open } from "./index.js";
  window.open_ = async (name) => { window.device = await open(name); };
</script>`;

let server;
let files;
let origin;
let context;

const admin = (...args) => execFileSync(SERVER, [...args, "--data", data], { input: "a password for tests" }).toString();
const code = (device) => admin("enrol", "azilal-1", "--device", device, "--lang", "en").match(/enrol#(\S+)/)[1];

/** Serves the package, isolated as the SDK asks, and hands the rest on to the real server. */
function serve(upstream) {
  const types = { ".js": "text/javascript", ".wasm": "application/wasm" };
  return http.createServer((request, response) => {
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    if (request.url.startsWith("/api/")) {
      const url = new URL(request.url, upstream);
      const passed = http.request(url, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      passed.on("error", () => response.destroy());
      request.pipe(passed);
    } else if (request.url === "/") {
      response.setHeader("content-type", "text/html");
      response.end(PAGE);
    } else {
      const file = path.join(PACKAGE, path.normalize(request.url));
      response.setHeader("content-type", types[path.extname(file)] ?? "text/plain");
      fs.createReadStream(file).on("error", () => response.writeHead(404).end()).pipe(response);
    }
  });
}

before(async () => {
  admin("init", "--password-stdin");
  admin("unit", "add", "azilal-1", "--province", "azilal", "--name-fr", "Azilal");
  server = spawn(SERVER, ["serve", "--data", data, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  const upstream = await new Promise((resolve, reject) => {
    let told = "";
    const hear = (piece) => {
      told += piece;
      const address = told.match(/127\.0\.0\.1:\d+/);
      if (address) resolve(`http://${address[0]}`);
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
    server.on("exit", () => reject(new Error(`the server ended: ${told}`)));
  });
  files = serve(upstream);
  await new Promise((resolve) => files.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${files.address().port}`;
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
  context = await chromium.launchPersistentContext(path.join(folder, "profile"), { executablePath: "/usr/bin/chromium", args });
});

after(async () => {
  await context?.close();
  files?.close();
  if (server?.exitCode === null) {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill();
    await ended;
  }
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A page with the database `name` open; `call` asks its device. */
async function opened(name) {
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && console.error(message.text()));
  await page.goto(origin);
  await page.waitForFunction(() => window.open_);
  await page.evaluate((name) => window.open_(name), name);
  const call = (...args) =>
    page.evaluate(async ([name, ...args]) => {
      try {
        return { value: await window.device[name](...args) };
      } catch (error) {
        return { code: error.code ?? String(error) };
      }
    }, args);
  return { page, call, value: async (...args) => {
    const { value, code } = await call(...args);
    assert.equal(code, undefined, `${args[0]}: ${code}`);
    return value;
  } };
}

test("a store of keys and values in IndexedDB keeps every promise", async () => {
  const { page, value } = await opened("suites");
  await value("checkKeysAndValues", "keys");
  await page.close();
});

test("a device's store in IndexedDB keeps every promise", async () => {
  const { page, value } = await opened("suites");
  await value("checkStore", "store");
  await page.close();
});

test("ten records written offline wait over a reload and are sent when the network is back", async () => {
  let { page, call, value } = await opened("crew");
  await value("enrol", origin, code("phone"));
  await context.setOffline(true);
  const ids = [];
  for (let n = 0; n < 10; n += 1) ids.push(await value("add", "encounter", RECORD));
  assert.equal((await call("syncNow")).code, "offline");
  assert.deepEqual((await value("status")).strip, { state: "no-connection", count: 10 });

  await context.setOffline(false);
  await page.close();
  ({ page, call, value } = await opened("crew"));
  assert.equal((await value("find", "encounter", {})).length, 10);
  assert.equal((await value("status")).waiting, 10);
  const report = await value("syncNow");

  assert.equal(report.sent, 10);
  assert.deepEqual((await value("status")).strip, { state: "all-sent" });
  assert.equal(await value("update", ids[0], '{"place_text":"Souk"}'), true);
  const view = await value("get", ids[0]);
  assert.deepEqual([view.record.place_text, view.sync.state], ["Souk", "on-this-device"]);
  await page.close();

  const other = await opened("supervisor");
  await other.value("enrol", origin, code("laptop"));
  await other.value("syncNow");
  assert.equal((await other.value("find", "encounter", {})).length, 10, "the server has ten");
  await other.page.close();
});

test("a second tab is told that the store is in use", async () => {
  const first = await opened("shared");
  const told = await opened("shared").then(() => "opened", (error) => String(error));
  assert.match(told, /in use|open/);
  await first.page.close();
});

test("a worker that is killed among saves has kept all that it said", async () => {
  let { page, value } = await opened("killed");
  await value("enrol", origin, code("killed"));
  let kept = 0;
  for (let round = 0; round < 8; round += 1) {
    page.evaluate(async (record) => {
      window.told = 0;
      for (;;) {
        await window.device.add("encounter", record);
        window.told += 1;
      }
    }, RECORD).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80));
    const told = await page.evaluate(() => {
      window.device.terminate();
      return window.told;
    });
    await page.close();
    ({ page, value } = await opened("killed"));
    const held = (await value("find", "encounter", {})).length;
    assert.ok(held >= kept + told, `${told} were told in round ${round}, and ${held - kept} are there`);
    kept = held;
  }
  const report = await value("syncNow");
  assert.equal(report.sent, kept);
  await page.close();
});
