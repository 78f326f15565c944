//! `serve`: opens the store, listens, and ends in order: no new requests, those under way finish, then the store.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use jisr_locales::Lang;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;

use super::Failure;
use super::args::Serve;
use crate::access::sweep_before;
use crate::admin::socket;
use crate::assemble::{Opened, store_in};
use crate::config::Config;
use crate::gauges;
use crate::state::AppState;
use crate::telemetry;

/// How long requests that are under way may take when the server is told to stop.
const STOP_TIME_MAX: Duration = Duration::from_secs(20);

/// How often what has ended is cleared away.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Runs the server until it is told to stop.
pub fn serve(_: Lang, serve: Serve) -> Result<ExitCode, Failure> {
    telemetry::start(serve.log_format);
    let folder = serve.place.data.clone();
    Failure::unless_store_in(&folder)?;
    if socket::is_served(&folder) {
        return Err(Failure::in_folder("server-fail-serve-twice", &folder, 4));
    }
    let mut config = Config::read(&folder)?;
    let nowhere_else = config.public_url == format!("http://{}", config.listen) && serve.public_url.is_none();
    config.listen = serve.listen.unwrap_or(config.listen);
    config.public_url = serve.public_url.clone().unwrap_or(config.public_url);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::other(&error))?;
    runtime.block_on(run(serve, config, nowhere_else))
}

/// With `nowhere_else` the server is reached under the address it listens on, which may be known only now.
async fn run(serve: Serve, mut config: Config, nowhere_else: bool) -> Result<ExitCode, Failure> {
    let folder = &serve.place.data;
    let (listener, address) = bind(config.listen).await?;
    if nowhere_else {
        config.public_url = format!("http://{address}");
    }
    let opened = Opened::open_to_serve(folder, config.settings())?;
    let admin = socket::listen(folder).map_err(|error| Failure::other(&error))?;
    start_metrics(&config, &opened.state, folder).await?;
    tokio::spawn(socket::serve(admin, opened.state.clone()));
    tokio::spawn(sweep(opened.state.clone()));
    say!("{}", serde_json::json!({ "listening": format!("http://{address}") }));
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "listening");
    let service = crate::app(&opened.state).into_make_service_with_connect_info::<SocketAddr>();
    let stop = tokio_util::sync::CancellationToken::new();
    let server = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
    let mut running = tokio::spawn(async move { server.await });
    tokio::select! {
        ended = &mut running => tracing::error!(?ended, "the listener ended by itself"),
        () = told_to_stop() => tracing::info!("told to stop; finishing what is under way"),
    }
    stop.cancel();
    if tokio::time::timeout(STOP_TIME_MAX, running).await.is_err() {
        tracing::warn!("some requests were cut; what was acknowledged is safe");
    }
    // A socket that stays behind does no harm; the next server replaces it.
    let _ = std::fs::remove_file(socket::path_in(folder));
    tokio::task::block_in_place(|| opened.close());
    Ok(ExitCode::SUCCESS)
}

async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let refused = |error: std::io::Error| {
        tracing::error!(%error, "cannot listen");
        Failure::with("server-fail-listen", "address", listen.to_string(), 70)
    };
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// Clears away sign-ins that have ended and counts nobody needs.
async fn sweep(state: AppState) {
    let mut every = tokio::time::interval(SWEEP_EVERY);
    loop {
        every.tick().await;
        state.throttle.sweep();
        let before = sweep_before(state.now());
        match state.blocking(move |state| state.registry.sweep_sign_ins(before)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "ended sign-ins could not be cleared away"),
            Err(_) => tracing::warn!("clearing away ended sign-ins panicked"),
        }
    }
}

/// Starts counting, and a listener of its own for `/metrics` when one is configured: on this machine only.
async fn start_metrics(config: &Config, state: &AppState, folder: &Path) -> Result<(), Failure> {
    let Some(address) = config.metrics else { return Ok(()) };
    let handle = PrometheusBuilder::new().install_recorder().map_err(|error| Failure::other(&error))?;
    let (listener, address) = bind(address).await?;
    tracing::info!(%address, "metrics");
    let page = gauges::page(handle.clone(), state.clone(), store_in(folder));
    tokio::spawn(async move { axum::serve(listener, page).await });
    // What was measured is gathered even while nobody asks for it; it would pile up otherwise.
    tokio::spawn(async move {
        let mut every = tokio::time::interval(SWEEP_EVERY);
        loop {
            every.tick().await;
            handle.run_upkeep();
        }
    });
    Ok(())
}

/// Returns at SIGINT or SIGTERM.
pub(super) async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(interrupt.await),
    }
}
