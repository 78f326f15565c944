//! What this worker asks of the JavaScript around it (`js/port.js`).

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[cfg(feature = "testing")]
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub fn console_error(what: &str);
}

#[wasm_bindgen(module = "/js/port.js")]
extern "C" {
    /// Starts a worker as the store's.
    #[wasm_bindgen(js_name = startStore)]
    pub fn start_store(worker: JsValue) -> Promise;

    /// Asks the store's worker, and waits for its answer: a status byte, then what was asked for.
    #[wasm_bindgen(js_name = askStore, catch)]
    pub fn ask_store(request: Uint8Array) -> Result<Uint8Array, JsValue>;

    /// Posts a body. Gives a [`Reply`], or throws when the server was not reached.
    #[wasm_bindgen(js_name = post)]
    pub fn post(url: &str, content_type: &str, body: Uint8Array, no_progress_ms: u32) -> Promise;

    /// A server's answer.
    pub type Reply;

    #[wasm_bindgen(method, getter)]
    pub fn status(this: &Reply) -> u16;

    /// The seconds of the header `Retry-After`; 0 without it.
    #[wasm_bindgen(method, getter, js_name = retryAfter)]
    pub fn retry_after(this: &Reply) -> u32;

    /// The next piece as bytes, or `null` at the end; throws when the link was cut.
    #[wasm_bindgen(method)]
    pub fn next(this: &Reply) -> Promise;
}
