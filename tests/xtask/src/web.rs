//! The SDK for browsers: built to WebAssembly, bound to JavaScript, made small, and tried in Chromium.
//!
//! Everything lands in a cache folder of its own, since the compiler for it may be another one than cargo's.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::run::{build_folder, cache, cargo, root, succeed};

/// The target.
const TARGET: &str = "wasm32-unknown-unknown";

/// The version of wasm-bindgen, which must be that of the library (`Cargo.toml`).
const BINDGEN: &str = "0.2.130";

/// The crate, as its files are called.
const NAME: &str = "jisr_client_sdk_wasm";

/// What of the crate is JavaScript as it stands.
const SCRIPTS: [&str; 4] = ["index.js", "index.d.ts", "worker.js", "store-worker.js"];

/// What is done besides building.
#[derive(clap::Args)]
pub struct Arguments {
    /// Runs the stores' conformance suites and a whole night in Debian's Chromium.
    #[arg(long)]
    test: bool,
}

/// Builds the package and prints its sizes; with `--test`, builds it with the suites and runs them.
pub fn run(arguments: &Arguments) -> Result<()> {
    let package = build(arguments.test)?;
    if arguments.test { test(&package) } else { sizes(&package) }
}

/// Builds the package into its folder; `suites`: with what only tests call, and not made small.
fn build(suites: bool) -> Result<PathBuf> {
    let compiled = compile(suites)?;
    let package = cache("web").join(if suites { "package-with-suites" } else { "package" });
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    let bindgen = bindgen()?;
    succeed(Command::new(bindgen).args(["--target", "web", "--out-dir"]).arg(&package).arg(&compiled))?;
    let crate_folder = crate_folder();
    for script in SCRIPTS {
        fs::copy(crate_folder.join("js").join(script), package.join(script)).context(script)?;
    }
    if !suites {
        shrink(&package.join(format!("{NAME}_bg.wasm")))?;
    }
    Ok(package)
}

fn crate_folder() -> PathBuf {
    root().join("client-sdk/wasm")
}

/// Compiles the crate, and gives the path of what came out.
fn compile(suites: bool) -> Result<PathBuf> {
    eprintln!("xtask: compiling the SDK for browsers (some minutes the first time) ...");
    let target_folder = cache("web");
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).env("CARGO_TARGET_DIR", &target_folder).env_remove("RUSTFLAGS");
    let profile = if suites { "release" } else { "web" };
    command.args(["build", "--profile", profile, "--quiet", "--target", TARGET, "--package", "jisr-client-sdk-wasm"]);
    if suites {
        command.args(["--features", "testing"]);
    }
    let mut flags = "--cfg getrandom_backend=\"wasm_js\"".to_owned();
    if !has_target() {
        let debian = DebianCompiler::installed()?;
        flags.push_str(" -Clinker-flavor=wasm-ld");
        command.env("RUSTC", debian.rustc).env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", debian.linker);
    }
    succeed(command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags))?;
    Ok(target_folder.join(TARGET).join(profile).join(format!("{NAME}.wasm")))
}

/// Whether cargo's own compiler has the target, fetched where that is possible.
fn has_target() -> bool {
    let quiet = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let listed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    let is_there =
        listed.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).lines().any(|line| line == TARGET));
    is_there || quiet(Command::new("rustup").args(["target", "add", TARGET]))
}

/// Debian's compiler with the source of its library, for machines that cannot fetch the target.
struct DebianCompiler {
    rustc: PathBuf,
    linker: PathBuf,
}

impl DebianCompiler {
    const PACKAGES: [&'static str; 3] = ["rustc-web", "rust-web-src", "lld-19"];

    fn installed() -> Result<Self> {
        if let Ok(found) = Self::found() {
            return Ok(found);
        }
        eprintln!("xtask: installing {}", Self::PACKAGES.join(", "));
        let install = ["install", "--yes", "--no-install-recommends"];
        let installed = succeed(Command::new("apt-get").args(["update", "--quiet"]))
            .and_then(|()| succeed(Command::new("apt-get").args(install).args(Self::PACKAGES)));
        installed.and_then(|()| Self::found()).with_context(|| {
            format!(
                "no compiler for browsers: `rustup target add {TARGET}`, or `apt-get install {}`",
                Self::PACKAGES.join(" ")
            )
        })
    }

    fn found() -> Result<Self> {
        Ok(Self { rustc: file_of("rustc-web", "bin/rustc")?, linker: file_of("lld-19", "wasm-ld")? })
    }
}

/// The first file of a Debian package whose path ends so.
fn file_of(package: &str, end: &str) -> Result<PathBuf> {
    let output = Command::new("dpkg").args(["-L", package]).output().context("dpkg does not start")?;
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = listed.lines().find(|line| line.ends_with(end)).map(PathBuf::from);
    found.with_context(|| format!("{package} is not installed"))
}

/// The path of wasm-bindgen, installed once.
fn bindgen() -> Result<PathBuf> {
    let tools = cache("tools");
    let program = tools.join("bin").join("wasm-bindgen");
    let told = Command::new(&program).arg("--version").output();
    if !told.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains(BINDGEN)) {
        eprintln!("xtask: installing wasm-bindgen-cli {BINDGEN} (some minutes, once) ...");
        let install = ["install", "wasm-bindgen-cli", "--locked", "--force", "--version", BINDGEN, "--root"];
        succeed(Command::new("cargo").args(install).arg(&tools))?;
    }
    Ok(program)
}

/// Installs the crate's pinned npm packages, once.
fn npm_packages() -> Result<()> {
    let folder = crate_folder();
    if folder.join("node_modules").exists() {
        return Ok(());
    }
    succeed(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(folder))
}

/// Makes a module small with binaryen's optimiser.
fn shrink(module: &Path) -> Result<()> {
    npm_packages()?;
    let optimiser = crate_folder().join("node_modules/.bin/wasm-opt");
    let features =
        ["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--strip-debug", "--strip-producers"];
    succeed(Command::new(optimiser).args(features).arg(module).arg("-o").arg(module))
}

/// Prints how long the module is, as it stands and as servers send it.
fn sizes(package: &Path) -> Result<()> {
    let module = package.join(format!("{NAME}_bg.wasm"));
    println!("{}", package.display());
    let script = "const b=require('fs').readFileSync(process.argv[1]),z=require('zlib');\
                  console.log('raw',b.length,'gzip',z.gzipSync(b,{level:9}).length,'brotli',z.brotliCompressSync(b).length)";
    succeed(Command::new("node").args(["-e", script]).arg(module))
}

/// Runs the crate's tests in a browser, against a real server.
fn test(package: &Path) -> Result<()> {
    npm_packages()?;
    if !Path::new("/usr/bin/chromium").exists() {
        eprintln!("xtask: installing chromium");
        if succeed(Command::new("apt-get").args(["install", "--yes", "--no-install-recommends", "chromium"])).is_err() {
            bail!("no browser: apt-get install chromium");
        }
    }
    cargo(["build", "--quiet", "--package", "jisr-server", "--bins"])?;
    let mut tests = Command::new("node");
    tests.arg("--test").arg(crate_folder().join("tests/browser.mjs"));
    tests.env("JISR_PACKAGE", package).env("JISR_SERVER", build_folder().join("debug/jisr-server"));
    succeed(&mut tests)
}
