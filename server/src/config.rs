//! The configuration: a TOML file that `init` writes, overridden by the environment, overridden by flags.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::state::Settings;

/// What the file can say. An unknown key is an error, since a mistyped one would be silently without effect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The address people and devices reach the server under.
    pub public_url: String,
    /// Whether a proxy on this machine states callers' addresses.
    pub behind_proxy: bool,
    /// A loopback address for `/metrics`; none by default.
    pub metrics: Option<SocketAddr>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: "http://127.0.0.1:8080".to_owned(),
            behind_proxy: false,
            metrics: None,
        }
    }
}

/// The file does not read, or says something impossible.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct ConfigError {
    /// Which file.
    pub file: PathBuf,
    /// What is wrong, with the line.
    pub what: String,
}

/// The file in a data folder.
pub fn file_in(folder: &Path) -> PathBuf {
    folder.join("jisr.toml")
}

impl Config {
    /// What `folder`'s file says, or the defaults where there is none.
    ///
    /// # Errors
    /// When it does not read or says something impossible.
    pub fn read(folder: &Path) -> Result<Self, ConfigError> {
        let file = file_in(folder);
        let wrong = |what: String| ConfigError { file: file.clone(), what };
        let config = match std::fs::read_to_string(&file) {
            Ok(text) => toml::from_str::<Self>(&text).map_err(|error| wrong(error.to_string().trim().to_owned()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(wrong(error.to_string())),
        };
        config.check().map_err(|what| wrong(what.to_owned()))?;
        Ok(config)
    }

    fn check(&self) -> Result<(), &'static str> {
        let url = &self.public_url;
        if !(url.starts_with("https://") || url.starts_with("http://")) || url.ends_with('/') {
            return Err("public_url must start with https:// or http:// and not end with /");
        }
        if self.metrics.is_some_and(|address| !address.ip().is_loopback()) {
            return Err("metrics must be a loopback address such as 127.0.0.1:9464");
        }
        Ok(())
    }

    /// What requests look at.
    pub fn settings(&self) -> Settings {
        Settings {
            https: self.public_url.starts_with("https://"),
            public_url: self.public_url.clone(),
            behind_proxy: self.behind_proxy,
        }
    }

    /// The file's text, with a word on every setting.
    pub fn commented(&self) -> String {
        format!(
            "# Jisr's server. Flags and environment variables (JISR_LISTEN, JISR_PUBLIC_URL) go before this file.\n\n\
             # The address to listen on. Keep it on this machine and put a proxy that speaks https before it.\n\
             listen = \"{}\"\n\n\
             # The address people and devices reach the server under; enrolment links bear it.\n\
             # With https:// sign-ins are sent over https only.\n\
             public_url = \"{}\"\n\n\
             # true when a proxy on this machine states callers' addresses in X-Forwarded-For.\n\
             behind_proxy = {}\n\n\
             # A loopback address for /metrics, for a Prometheus on this machine. Off without it.\n\
             # metrics = \"127.0.0.1:9464\"\n",
            self.listen, self.public_url, self.behind_proxy
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(file_in(folder.path()), text).unwrap();
        Config::read(folder.path())
    }

    #[test]
    fn what_init_writes_reads_back() {
        let config = Config { public_url: "https://jisr.example".to_owned(), behind_proxy: true, ..Config::default() };

        assert_eq!(read(&config.commented()).unwrap(), config);
        assert!(config.settings().https);
    }

    #[test]
    fn a_mistyped_key_is_told_with_its_line_and_those_that_exist() {
        let error = read("listne = \"127.0.0.1:1\"").unwrap_err().to_string();

        assert!(error.contains("listne") && error.contains("listen") && error.contains("line 1"), "{error}");
    }

    #[test]
    fn metrics_stay_on_the_machine() {
        assert!(read("metrics = \"0.0.0.0:9464\"").is_err());
        assert!(read("public_url = \"jisr.example\"").is_err());
    }
}
