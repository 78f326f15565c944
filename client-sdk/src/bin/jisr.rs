//! The field command line: everything is in [`jisr_client_sdk::cli`].

fn main() -> std::process::ExitCode {
    jisr_client_sdk::cli::main()
}
