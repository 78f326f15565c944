//! The conformance suites of stores, run where IndexedDB is.

use std::cell::Cell;
use std::sync::Arc;

use jisr_client_sdk::store::conformance;
use jisr_client_sdk::store::kv::KvStore;
use jisr_durable_kv::Kv;
use wasm_bindgen::prelude::*;

use crate::kv::BrowserKv;
use crate::port;

/// Tries every promise of a store of keys and values on databases whose names begin with `name`, which must be new.
///
/// # Panics
/// When a promise is not kept: that is its purpose.
#[wasm_bindgen(js_name = checkKeysAndValues)]
pub fn check_keys_and_values(name: &str) {
    tell_panics();
    let count = Cell::new(0);
    jisr_durable_kv::conformance::check(|| {
        count.set(count.get() + 1);
        let name = format!("{name}-{}", count.get());
        Box::new(move || Box::new(opened(&name)))
    });
}

fn opened(name: &str) -> BrowserKv {
    BrowserKv::open(name).unwrap_or_else(|error| panic!("it opens: {error}"))
}

/// A panic ends the worker with no word of its own.
fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| port::console_error(&panic.to_string())));
}

/// Tries every promise of a device's store on the database `name`, which must be new.
///
/// # Panics
/// When a promise is not kept: that is its purpose.
#[wasm_bindgen(js_name = checkStore)]
pub fn check_store(name: &str) {
    tell_panics();
    conformance::check(|| {
        let kv: Arc<dyn Kv> = Arc::new(opened(name));
        KvStore::new(kv).unwrap_or_else(|error| panic!("it reads: {error}"))
    });
}
