//! `mixsmith man`

use clap::Args;

use crate::failure::{Exit, Failure};
use crate::say;
use crate::table::{Common, examples, table};

/// Prints the manual page
///
/// With `--out`, writes a page for the program and one for each command.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith man > mixsmith.1", "mixsmith man --out man1"))]
pub struct Man {}

impl Man {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let Some(out) = &common.out else { return say::text(&page()?) };
        std::fs::create_dir_all(out)
            .and_then(|()| clap_mangen::generate_to(table(), out))
            .map_err(|error| Failure::new(Exit::Output, format!("{}: {error}", out.display()), ""))
    }
}

fn page() -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(table())
        .render(&mut text)
        .map_err(|error| Failure::new(Exit::Output, error.to_string(), ""))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_for_each_command() {
        let folder = tempfile::tempdir().unwrap();
        let common = Common { out: Some(folder.path().join("man1")), ..Common::default() };
        Man {}.run(&common).unwrap();
        for command in table().get_subcommands() {
            let page = folder.path().join("man1").join(format!("mixsmith-{}.1", command.get_name()));
            let text = std::fs::read_to_string(&page).unwrap();
            assert!(text.contains("Exit codes"), "{}", page.display());
        }
        assert!(String::from_utf8(page().unwrap()).unwrap().contains("mixsmith"));
    }
}
