//! What the façade asks of the runtime it lives in: a task of its own, a wait, a place where waiting for the disk is
//! allowed. On a device with threads that is tokio; in a browser it is the one thread there is.
//!
//! **Never here:** records, the protocol, time of day ([`crate::clock`]).

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::error::Result;

/// A future that a trait object can return.
#[cfg(not(target_arch = "wasm32"))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A future that a trait object can return. A browser has one thread, and its promises cannot leave it.
#[cfg(target_arch = "wasm32")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Runs what may wait for the disk on a thread that may wait.
#[cfg(feature = "native")]
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let stopped = || crate::store::StoreError::Io { what: "a task was stopped".to_owned() };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(stopped().into()))
}

/// Runs what may wait for the disk: the worker in which all of this runs may wait.
#[cfg(not(feature = "native"))]
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    work()
}

/// Begins a task, which runs to its end whoever waits for it, or nobody; gives what it comes to, `None` when it was
/// stopped.
#[cfg(feature = "native")]
pub(crate) fn begin<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> impl Future<Output = Option<T>> {
    let (told, hears) = tokio::sync::oneshot::channel();
    spawn(async move { drop(told.send(task.await)) });
    async { hears.await.ok() }
}

/// Begins a task, which runs to its end whoever waits for it, or nobody; gives what it comes to, `None` when it was
/// stopped.
#[cfg(not(feature = "native"))]
pub(crate) fn begin<T: 'static>(task: impl Future<Output = T> + 'static) -> impl Future<Output = Option<T>> {
    let (told, hears) = tokio::sync::oneshot::channel();
    spawn(async move { drop(told.send(task.await)) });
    async { hears.await.ok() }
}

#[cfg(feature = "native")]
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

#[cfg(not(feature = "native"))]
fn spawn(task: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(task);
}

/// Waits.
#[cfg(feature = "native")]
pub(crate) async fn sleep(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Waits. Longer waits than a browser's timer can hold end early, after 24 days.
#[cfg(not(feature = "native"))]
pub(crate) async fn sleep(time: Duration) {
    let millis = u32::try_from(time.as_millis()).unwrap_or(u32::MAX).min(i32::MAX as u32);
    gloo_timers::future::TimeoutFuture::new(millis).await;
}
