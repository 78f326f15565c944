//! A whole service on a folder of its own: a real `jisr-server`, run and asked as an administrator would.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jisr_sync_core::id::DeviceId;
use jisr_sync_core::time::OperationalDay;
use rand::RngExt;
use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::processes::{Manner, Server, run_json};

/// The account that may see the whole region.
pub const SUPERVISOR: &str = "supervisor";

/// A service. Its server is killed, and its folder removed, when it is dropped.
pub struct Service {
    folder: TempDir,
    data: PathBuf,
    server: Option<Server>,
    address: SocketAddr,
    password: String,
    manner: Manner,
}

/// A unit as it is set up.
#[derive(Debug, Clone, Copy)]
pub struct UnitNames {
    /// Its id.
    pub id: &'static str,
    /// Its name in Arabic.
    pub ar: &'static str,
    /// Its name in French.
    pub fr: &'static str,
}

impl Service {
    /// Sets a server up and starts it on a free loopback port.
    ///
    /// # Errors
    /// When the programs cannot be built or refuse.
    pub fn start() -> Result<Self> {
        Self::start_on("127.0.0.1:0")
    }

    /// As [`Service::start`], listening on `listen`.
    ///
    /// # Errors
    /// As [`Service::start`], and when the address is taken.
    pub fn start_on(listen: &str) -> Result<Self> {
        Self::set_up(listen, false, None)
    }

    /// As [`Service::start`]; everything the server says is kept for [`Service::log`].
    ///
    /// # Errors
    /// As [`Service::start`].
    pub fn start_logged() -> Result<Self> {
        Self::set_up("127.0.0.1:0", true, None)
    }

    /// As [`Service::start_logged`], with the server's data in `data`, a folder that is not there yet.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub fn start_in(data: PathBuf) -> Result<Self> {
        Self::set_up("127.0.0.1:0", true, Some(data))
    }

    fn set_up(listen: &str, logged: bool, data: Option<PathBuf>) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("jisr-").tempdir().context("no temporary folder")?;
        let manner = Manner { log: logged.then(|| folder.path().join("log")), without_fsync: false };
        let data = data.unwrap_or_else(|| folder.path().join("data"));
        let mut service =
            Self { address: listen.parse()?, folder, data: data.clone(), server: None, password: password(), manner };
        let url = format!("http://{listen}");
        let input = format!("{}\n", service.password);
        let arguments = ["init", "--user", SUPERVISOR, "--password-stdin", "--public-url", &url, "--json", "--data"];
        run_json("jisr-server", &[&arguments[..], &[path(&data)?]].concat(), Some(&input))?;
        service.start_again()?;
        Ok(service)
    }

    /// Where the server keeps its data.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// Where the server finds its data when it is started the next time.
    pub fn move_to(&mut self, data: PathBuf) {
        self.data = data;
    }

    /// From its next start on the server's fsync does nothing.
    pub const fn lose_fsync(&mut self) {
        self.manner.without_fsync = true;
    }

    /// A folder for whatever else belongs to the service; it goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the server listens. It stays the same when the server is started again.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The server's address for browsers and devices.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The server's process id, while it runs.
    pub fn process(&self) -> Option<u32> {
        self.server.as_ref().map(Server::id)
    }

    /// The password of [`SUPERVISOR`].
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Starts the server again, at the same address, after it was killed or stopped.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> Result<()> {
        let server = Server::start(&self.data, &self.address.to_string(), &self.manner)?;
        self.address = server.address();
        self.server = Some(server);
        Ok(())
    }

    /// Begins to start the server again, and does not wait until it is there: for tests that end it before.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn begin_again(&mut self) -> Result<()> {
        self.server = Some(Server::launch(&self.data, &self.address.to_string(), &self.manner)?);
        Ok(())
    }

    /// Ends the server with SIGKILL.
    pub fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill();
        }
    }

    /// Tells the server to stop and waits until it has.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn stop(&mut self) -> Result<()> {
        self.server.take().map_or(Ok(()), Server::stop)
    }

    /// Whether the server has ended without having been told to: then something is broken.
    pub fn has_ended(&self) -> bool {
        self.server.as_ref().is_some_and(Server::has_ended)
    }

    /// All that the server has said so far. Empty unless it was started with [`Service::start_logged`].
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn log(&self) -> Result<String> {
        self.manner.log.as_ref().map_or_else(|| Ok(String::new()), |log| Ok(std::fs::read_to_string(log)?))
    }

    /// Runs an administrator's command with `--json`.
    ///
    /// # Errors
    /// When it is refused.
    pub fn order(&self, arguments: &[&str]) -> Result<Value> {
        self.order_with(arguments, None)
    }

    fn order_with(&self, arguments: &[&str], input: Option<&str>) -> Result<Value> {
        let data = self.data();
        run_json("jisr-server", &[arguments, &["--json", "--data", path(&data)?]].concat(), input)
    }

    /// Adds a unit that works at night.
    ///
    /// # Errors
    /// When it is refused.
    pub fn add_unit(&self, unit: &UnitNames) -> Result<()> {
        let province = province_of(unit.id);
        let names = ["--name-ar", unit.ar, "--name-fr", unit.fr];
        self.order(&[&["unit", "add", unit.id, "--province", province, "--night"][..], &names[..]].concat())?;
        Ok(())
    }

    /// Adds an account and gives its password. `territory` is `unit/<unit>`, `province/<province>` or `region`.
    ///
    /// # Errors
    /// When it is refused.
    pub fn add_user(&self, name: &str, territory: &str) -> Result<String> {
        let password = password();
        let input = format!("{password}\n");
        self.order_with(&["user", "add", name, "--territory", territory, "--password-stdin"], Some(&input))?;
        Ok(password)
    }

    /// Plans a tour for each of `units` on `day`, between local times such as `20:00`.
    ///
    /// # Errors
    /// When it is refused.
    pub fn plan(&self, units: &[&str], day: OperationalDay, start: &str, end: &str) -> Result<()> {
        let from = day.to_string();
        let times = ["--from", &from, "--start", start, "--end", end];
        self.order(&[&["plan", "add"][..], units, &times[..]].concat())?;
        Ok(())
    }

    /// A one-time code with which a device joins `unit`.
    ///
    /// # Errors
    /// When it is refused.
    pub fn code(&self, unit: &str, device: &str) -> Result<String> {
        let issued = self.order(&["enrol", unit, "--device", device])?;
        issued["code"].as_str().map(str::to_owned).context("an issued code is a text")
    }

    /// Ends a device's access.
    ///
    /// # Errors
    /// When it is refused.
    pub fn revoke(&self, device: DeviceId) -> Result<()> {
        self.order(&["device", "revoke", &device.to_string()])?;
        Ok(())
    }

    /// The changes that were delivered and not let in, newest first.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn set_aside(&self) -> Result<Value> {
        Ok(self.order(&["aside", "list"])?["asides"].clone())
    }

    /// Decides about a change that was set aside: `release` or `discard`.
    ///
    /// # Errors
    /// When it is refused.
    pub fn decide(&self, decision: &str, hash: &str) -> Result<Value> {
        let decided = self.order(&["aside", decision, hash, "--reason", "looked at by a test"])?;
        Ok(decided[0]["outcome"].clone())
    }

    /// Moves a device to another unit.
    ///
    /// # Errors
    /// When it is refused.
    pub fn move_device(&self, device: DeviceId, unit: &str) -> Result<()> {
        self.order(&["device", "move", &device.to_string(), "--unit", unit])?;
        Ok(())
    }

    /// What the server's check of everything it keeps finds; empty when it is sound.
    ///
    /// # Errors
    /// When the check does not run or finds something.
    pub fn verify(&self) -> Result<Value> {
        self.order(&["verify"])
    }

    /// A browser in which the supervisor of the whole region has signed in.
    ///
    /// # Errors
    /// When signing in fails.
    pub async fn sign_in(&self) -> Result<Browser> {
        Browser::sign_in(&self.url(), SUPERVISOR, &self.password).await
    }
}

/// The province a unit's id names: `beni-mellal` of `beni-mellal-2`.
pub fn province_of(unit: &str) -> &str {
    unit.rsplit_once('-').map_or(unit, |(province, _)| province)
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("the temporary folder's path is text")
}

/// Four groups of four letters that are hard to take for one another.
fn password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567899";
    let mut rng = rand::rng();
    let mut group = || (0..4).map(|_| char::from(LETTERS[usize::from(rng.random::<u8>() % 32)])).collect::<String>();
    [group(), group(), group(), group()].join("-")
}
