//! `mixsmith completions`

use clap::Args;
use clap_complete::{Shell, generate, generate_to};

use crate::failure::{Exit, Failure};
use crate::say;
use crate::table::{Common, examples, table};

/// Prints what a shell needs to complete commands
///
/// For bash, zsh, fish, powershell and elvish; with `--out` as a file of the name that the shell looks for.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith completions bash > mixsmith.bash", "mixsmith completions zsh --out completions"))]
pub struct Completions {
    /// Which shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let mut table = table();
        let Some(out) = &common.out else {
            let mut text = Vec::new();
            generate(self.shell, &mut table, "mixsmith", &mut text);
            return say::text(&text);
        };
        let path = std::fs::create_dir_all(out)
            .and_then(|()| generate_to(self.shell, &mut table, "mixsmith", out))
            .map_err(|error| Failure::new(Exit::Output, format!("{}: {error}", out.display()), ""))?;
        if common.quiet { Ok(()) } else { say::line(&path.display().to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_learns_every_command() {
        for &shell in Shell::value_variants() {
            let mut text = Vec::new();
            generate(shell, &mut table(), "mixsmith", &mut text);
            let text = String::from_utf8(text).unwrap();
            for command in table().get_subcommands() {
                assert!(text.contains(command.get_name()), "{shell} does not know {}", command.get_name());
            }
            assert!(text.contains("loudness"), "{shell}");
        }
    }
}
