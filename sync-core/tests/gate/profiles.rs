//! No profile of the workspace may end the process on a panic: the gate contains Automerge's by unwinding.

#[test]
fn no_profile_of_the_workspace_aborts_on_a_panic() {
    let manifest = include_str!("../../../Cargo.toml");

    assert!(manifest.contains("[profile.release]"));
    let aborting = manifest.lines().find(|line| line.trim_start().starts_with("panic") && line.contains("abort"));
    assert_eq!(aborting, None);
}
