//! The text: a line is a list of words, and `<NAME` to `>` is a block.

use std::fmt::Write as _;

use crate::ReadError;

/// Deepest nesting: a source in a source in an item in a track in a project is five.
const DEEPEST: usize = 32;
/// Most lines, and most words in all of them. With the text itself they take less than 100 MB.
const MOST: usize = 300_000;
const MOST_WORDS: usize = 800_000;
/// Most words of a line; the rest is not read.
const MOST_LINE: usize = 64;

/// A block, with its lines and the blocks in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Block {
    /// The words of its first line.
    pub head: Vec<String>,
    /// The words of its lines.
    pub lines: Vec<Vec<String>>,
    pub blocks: Vec<Block>,
    /// For each block, how many lines stand before it.
    pub after: Vec<usize>,
}

impl Block {
    pub fn name(&self) -> &str {
        self.head.first().map_or("", String::as_str)
    }

    /// The words after the first of the first line of a name.
    pub fn line(&self, name: &str) -> Option<&[String]> {
        let of = |line: &&Vec<String>| line.first().is_some_and(|first| first == name);
        self.lines.iter().find(of).map(|line| &line[1..])
    }

    /// The same of every such line.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [String]> {
        let of = move |line: &&Vec<String>| line.first().is_some_and(|first| first == name);
        self.lines.iter().filter(of).map(|line| &line[1..])
    }

    /// The blocks of a name.
    pub fn inside<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.name() == name)
    }

    /// A number of a line.
    pub fn number(&self, name: &str, place: usize) -> Option<f64> {
        number(self.line(name)?, place)
    }
}

/// A finite number among words.
pub(super) fn number(words: &[String], place: usize) -> Option<f64> {
    words.get(place)?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Reads a project.
pub(super) fn parse(text: &str) -> Result<Block, ReadError> {
    let not = |what: &str| ReadError::NotThis("REAPER", what.to_owned());
    let mut open: Vec<Block> = Vec::new();
    let mut count = 0;
    for (n, line) in text.lines().enumerate() {
        if n >= MOST || count > MOST_WORDS {
            return Err(ReadError::Refused("it has more lines than any project".to_owned()));
        }
        let line = line.trim();
        if let Some(head) = line.strip_prefix('<').filter(|_| !line.starts_with("<>")) {
            if open.len() >= DEEPEST {
                return Err(ReadError::Refused("it is nested deeper than any project".to_owned()));
            }
            let head = words(head);
            count += head.len();
            open.push(Block { head, ..Block::default() });
        } else if line == ">" {
            let done = open.pop().ok_or_else(|| not("a block ends that never began"))?;
            match open.last_mut() {
                Some(parent) => {
                    parent.after.push(parent.lines.len());
                    parent.blocks.push(done);
                }
                None if done.name() == "REAPER_PROJECT" => return Ok(done),
                None => return Err(not("it does not begin with REAPER_PROJECT")),
            }
        } else if !line.is_empty() {
            let block = open.last_mut().ok_or_else(|| not("it does not begin with REAPER_PROJECT"))?;
            let words = words(line);
            count += words.len();
            block.lines.push(words);
        }
    }
    Err(not("it ends in the middle"))
}

/// The words of a line; those with spaces stand in one of three quotes.
fn words(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = if "\"'`".contains(first) {
            let inside = &rest[1..];
            inside.split_once(first).unwrap_or((inside, ""))
        } else {
            rest.split_once(char::is_whitespace).unwrap_or((rest, ""))
        };
        found.push(word.to_owned());
        if found.len() > MOST_LINE {
            break;
        }
        rest = after.trim_start();
    }
    found
}

/// A word as a line has it.
pub(super) fn quoted(word: &str) -> String {
    let word: String = word.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match ['"', '\'', '`'].into_iter().find(|quote| !word.contains(*quote)) {
        Some(quote) => format!("{quote}{word}{quote}"),
        None => format!("`{}`", word.replace('`', "'")),
    }
}

/// Writes blocks and lines.
#[derive(Debug, Default)]
pub(super) struct Pen {
    pub text: String,
    depth: usize,
}

impl Pen {
    pub fn open(&mut self, head: &str) {
        self.line(&format!("<{head}"));
        self.depth += 1;
    }

    pub fn close(&mut self) {
        self.depth -= 1;
        self.line(">");
    }

    pub fn line(&mut self, line: &str) {
        let indent = 2 * self.depth;
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back() {
        for word in ["Lead Vox", "12\" snare", "it's", "a \"b\" 'c'", "", "<>", ">", "ü"] {
            assert_eq!(words(&format!("NAME {} 1", quoted(word))), ["NAME", word, "1"]);
        }
        assert_eq!(words(&quoted("\"'`")).len(), 1);
    }

    #[test]
    fn harm_and_nonsense_are_refused() {
        let deep = format!("<REAPER_PROJECT\n{}", "<A\n".repeat(100_000));
        assert!(matches!(parse(&deep), Err(ReadError::Refused(_))));
        for bad in ["", "x", ">", "<TRACK\n>", "<REAPER_PROJECT\n", "<REAPER_PROJECT\n<TRACK\n>"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
