//! `init`: a server where there was none.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::process::ExitCode;

use jisr_locales::{Arg, Lang, tr};
use serde_json::json;

use super::Failure;
use super::args::Init;
use super::password::new_password;
use crate::admin::{Order, perform};
use crate::assemble::{Opened, store_in};
use crate::config::{Config, file_in};
use crate::progress::unwatched;
use crate::registry::{Account, Role, Standing, Territory};

/// Writes the configuration, makes the store, adds the first supervisor. A folder that holds a server is left alone.
pub fn init(lang: Lang, init: &Init) -> Result<ExitCode, Failure> {
    let folder = &init.place.data;
    if file_in(folder).exists() || store_in(folder).exists() {
        return Err(Failure::in_folder("server-fail-init-twice", folder, 3));
    }
    let password_hash = new_password(lang, &init.user, &init.password)?;
    let public_url = init.public_url.clone().unwrap_or_else(|| format!("http://{}", init.listen));
    let config = Config { listen: init.listen, public_url, ..Config::default() };
    make_folder(folder).map_err(|error| Failure::other(&error))?;
    let opened = Opened::open(folder, config.settings())?;
    let account = Account {
        name: init.user.clone(),
        password_hash,
        territory: Territory::Region,
        role: Role::Supervisor,
        standing: Standing::default(),
    };
    let added = perform(&opened.state, Order::AddAccount(account), &unwatched());
    added.map_err(|error| Failure::of_order(error, folder))?;
    opened.close();
    // The configuration comes last: with it the folder holds a server, without it `init` can be said again.
    write_config(folder, &config).map_err(|error| Failure::other(&error))?;
    tell(lang, init, folder);
    Ok(ExitCode::SUCCESS)
}

/// Makes the data folder for the server's user alone.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn write_config(folder: &Path, config: &Config) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file_in(folder))?;
    file.write_all(config.commented().as_bytes())?;
    file.sync_all()
}

fn tell(lang: Lang, init: &Init, folder: &Path) {
    let shown = folder.display().to_string();
    if init.place.json {
        say!("{}", json!({ "data": shown, "config": file_in(folder), "user": init.user }));
        return;
    }
    for key in ["server-init-done", "server-init-next-unit", "server-init-next-serve"] {
        say!("{}", tr(lang, key, &[("folder", Arg::from(&shown))]));
    }
}
