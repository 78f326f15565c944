//! The long tier of kills and power cuts: the loops that every run of the tests plays a few times, played as often as
//! one asks for. Only sets how often; what is killed and what must hold is in `tests/tests/fault_injection`.

use anyhow::Result;

use crate::run::cargo_in;

/// How often.
#[derive(clap::Args)]
pub struct Arguments {
    /// How often the store's process, the server and the field command are killed, each.
    #[arg(long, default_value_t = 500, value_name = "N")]
    kills: u32,
    /// How often the power of the store, of the server and of a device is cut, each. Needs root.
    #[arg(long, default_value_t = 150, value_name = "N")]
    cuts: u32,
    /// Only this one: store_kills, server_kills, device_kills, store_cuts, server_cuts or device_cuts.
    only: Option<String>,
}

/// Plays the loops one after another, so that none slows another down, and prints a line for each.
pub fn run(arguments: &Arguments) -> Result<()> {
    let (kills, cuts) = (arguments.kills.to_string(), arguments.cuts.to_string());
    let mut variables = Vec::new();
    variables.extend(["JISR_KILLS", "JISR_SERVER_KILLS", "JISR_DEVICE_KILLS"].map(|name| (name, kills.as_str())));
    variables.extend(["JISR_CUTS", "JISR_SERVER_CUTS", "JISR_DEVICE_CUTS"].map(|name| (name, cuts.as_str())));
    let loops = ["_kills::", "_cuts::"].map(str::to_owned).to_vec();
    let loops = arguments.only.clone().map_or(loops, |only| vec![only]);
    let test = ["test", "--quiet", "--package", "jisr-tests", "--test", "fault_injection", "--"];
    cargo_in(&[&test[..], &["--nocapture", "--test-threads", "1"]].concat(), &loops, &variables)
}
