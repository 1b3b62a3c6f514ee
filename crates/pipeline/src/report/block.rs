//! What a section is made of, once for both forms: HTML and plain text say the same because they are printed from
//! the same blocks.

use super::words::{esc, plain};

/// A part of the report under a heading.
pub(crate) struct Section {
    /// Anchor in the page.
    pub id: &'static str,
    /// Heading.
    pub title: String,
    /// What stands there, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
pub(crate) enum Block {
    /// A paragraph.
    Para(String),
    /// Lines with dots.
    List(Vec<String>),
    /// A table that is always seen.
    Table(Table),
    /// A picture with the table that says the same; the text report has only the table.
    Picture(String, Table),
    /// What needs a form of its own in each.
    Both {
        /// Safe HTML.
        html: String,
        /// Lines of text.
        text: String,
    },
}

/// A table. A cell that is a number stands to the right.
#[derive(Default)]
pub(crate) struct Table {
    /// What it shows.
    pub caption: String,
    head: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Clone, Default)]
pub(crate) struct Cell {
    text: String,
    mark: Mark,
}

#[derive(Clone, Default)]
enum Mark {
    #[default]
    None,
    /// A class of the style sheet.
    Class(&'static str),
    /// A small square of a colour before the text.
    Swatch(String),
}

impl Cell {
    /// With a class of the style sheet.
    pub fn class(text: impl Into<String>, class: &'static str) -> Cell {
        Cell { text: text.into(), mark: Mark::Class(class) }
    }

    /// With a colour beside it, if it is one: `#rrggbb`.
    pub fn swatch(text: impl Into<String>, colour: &str) -> Cell {
        let hex = colour
            .strip_prefix('#')
            .filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let mark = hex.map_or(Mark::None, |hex| Mark::Swatch(hex.to_owned()));
        Cell { text: text.into(), mark }
    }

    fn html(&self) -> String {
        let text = esc(&self.text);
        match &self.mark {
            Mark::None => minus(&text),
            Mark::Class(class) => format!("<span class=\"{class}\">{}</span>", minus(&text)),
            Mark::Swatch(hex) => format!("<span class=\"swatch\" style=\"background:#{hex}\"></span>{text}"),
        }
    }
}

impl<S: Into<String>> From<S> for Cell {
    fn from(text: S) -> Cell {
        Cell { text: text.into(), mark: Mark::None }
    }
}

/// Every hyphen that begins a number as the sign that it is, which screen readers say and which lines do not break at.
pub(crate) fn minus(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let begins = c == '-' && " (".contains(before) && chars.peek().is_some_and(char::is_ascii_digit);
        out.push(if begins { '\u{2212}' } else { c });
        before = c;
    }
    out
}

impl Table {
    /// An empty table.
    pub fn new(caption: impl Into<String>, head: &[&str]) -> Table {
        Table {
            caption: caption.into(),
            head: head.iter().map(|&h| h.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; missing cells are empty.
    pub fn row(&mut self, mut cells: Vec<Cell>) {
        cells.resize(self.head.len(), Cell::default());
        self.rows.push(cells);
    }

    /// Has it no rows?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Does the column hold numbers?
    fn numeric(&self, column: usize) -> bool {
        let mut texts = self.rows.iter().map(|row| row[column].text.as_str()).filter(|text| !text.is_empty());
        let number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c));
        column > 0 && !self.is_empty() && texts.all(|text| number(text) && text.chars().count() < 14)
    }

    /// As HTML. Its box scrolls when the page is narrower.
    pub fn html(&self) -> String {
        // Numbers stand to the right; short words stay on one line; sentences keep a width that can be read.
        let longest = |column: usize| self.rows.iter().map(|row| row[column].text.chars().count()).max();
        let short = |column: usize| longest(column).unwrap_or(0) <= 18;
        let long = |column: usize| column > 0 && longest(column).unwrap_or(0) > 36;
        let class = |column| match (self.numeric(column), short(column)) {
            (true, _) => " class=\"n\"",
            (false, true) => " class=\"s\"",
            (false, false) if long(column) => " class=\"w\"",
            (false, false) => "",
        };
        let classes: Vec<&str> = (0..self.head.len()).map(class).collect();
        let head: String = self
            .head
            .iter()
            .zip(&classes)
            .map(|(h, c)| format!("<th scope=\"col\"{c}>{}</th>", esc(h)))
            .collect();
        let mut body = String::new();
        for row in &self.rows {
            body += "<tr>";
            for (column, (cell, class)) in row.iter().zip(&classes).enumerate() {
                body += &match column {
                    0 => format!("<th scope=\"row\">{}</th>", cell.html()),
                    _ => format!("<td{class}>{}</td>", cell.html()),
                };
            }
            body += "</tr>\n";
        }
        let caption = esc(&self.caption);
        format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table><caption>{caption}\
             </caption><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>\n"
        )
    }

    /// As aligned text.
    pub fn text(&self) -> String {
        let last = self.head.len().saturating_sub(1);
        let long = |text: &str| plain(text).chars().count();
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| long(&row[column].text));
            cells.fold(long(&self.head[column]), usize::max)
        };
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        let line = |cells: Vec<&str>| {
            let mut out = String::new();
            for (column, cell) in cells.into_iter().enumerate() {
                let (cell, gap) = (plain(cell), widths[column].saturating_sub(long(cell)));
                let right = self.numeric(column);
                out += &" ".repeat(if right { gap } else { 0 });
                out += &cell;
                out += &" ".repeat(if right || column == last { 0 } else { gap });
                out += if column == last { "" } else { "  " };
            }
            format!("{}\n", out.trim_end())
        };
        let mut out = format!("{}:\n", plain(&self.caption));
        out += &line(self.head.iter().map(String::as_str).collect());
        out += &line(widths.iter().map(|&w| &DASHES[..w.min(DASHES.len())]).collect());
        for row in &self.rows {
            out += &line(row.iter().map(|cell| cell.text.as_str()).collect());
        }
        out
    }
}

const DASHES: &str = "------------------------------------------------------------";

impl Block {
    /// As HTML.
    pub fn html(&self) -> String {
        match self {
            Block::Para(text) => format!("<p>{}</p>\n", esc(text)),
            Block::List(lines) => {
                let lines: String = lines.iter().map(|line| format!("<li>{}</li>\n", esc(line))).collect();
                format!("<ul>\n{lines}</ul>\n")
            }
            Block::Table(table) => table.html(),
            Block::Picture(svg, table) => format!(
                "<figure><div class=\"scroll picture\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">{svg}</div>\
                 <details class=\"twin\"><summary>The same as a table</summary>{1}</details></figure>\n",
                esc(&table.caption),
                table.html()
            ),
            Block::Both { html, .. } => html.clone(),
        }
    }

    /// As text.
    pub fn text(&self) -> String {
        match self {
            Block::Para(text) => wrap(&plain(text), ""),
            Block::List(lines) => lines.iter().map(|line| wrap(&plain(line), "- ")).collect(),
            Block::Table(table) | Block::Picture(_, table) => table.text(),
            Block::Both { text, .. } => text.clone(),
        }
    }
}

/// Breaks a paragraph into lines of at most 96 characters; lines after the first stand under the first word.
pub(crate) fn wrap(text: &str, first: &str) -> String {
    let hang = " ".repeat(first.chars().count());
    let (mut out, mut line) = (String::new(), first.to_owned());
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > 96 {
            out += &format!("{line}\n");
            line.clone_from(&hang);
            empty = true;
        }
        line += if empty { "" } else { " " };
        line += word;
        empty = false;
    }
    out + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_line_up_and_are_escaped() {
        let mut table = Table::new("Levels", &["Track", "LUFS", "Why"]);
        table.row(vec!["<b>".into(), "-9.5".into(), "because".into()]);
        table.row(vec!["Kick In".into(), "-10.0".into(), "".into()]);
        let text = table.text();
        assert_eq!(
            text,
            "Levels:\nTrack     LUFS  Why\n-------  -----  -------\n<b>       -9.5  because\nKick In  -10.0\n"
        );
        let html = table.html();
        assert!(html.contains("&lt;b&gt;") && html.contains("<td class=\"n\">\u{2212}9.5</td>"), "{html}");
    }

    #[test]
    fn a_column_of_sentences_keeps_a_width() {
        let mut table = Table::new("Faults", &["File", "Role", "Faults"]);
        table.row(vec![
            "gtr.wav".into(),
            "Guitar".into(),
            "625 clipped peaks, at 0:11.5, 0:12.6 and 48 more".into(),
        ]);
        let html = table.html();
        assert!(html.contains("<td class=\"s\">Guitar") && html.contains("<td class=\"w\">625"), "{html}");
    }

    #[test]
    fn numbers_have_a_minus_and_names_a_hyphen() {
        assert_eq!(minus("-23.0 to -5.0 dB"), "\u{2212}23.0 to \u{2212}5.0 dB");
        assert_eq!(minus("Hi-Hat take-2 -a"), "Hi-Hat take-2 -a");
    }

    #[test]
    fn a_colour_is_a_colour_or_nothing() {
        assert!(Cell::swatch("x", "#d81b60").html().contains("background:#d81b60"));
        assert!(!Cell::swatch("x", "red;\"><script>").html().contains("script"));
    }

    #[test]
    fn lines_break_and_hang() {
        let text = wrap(&"word ".repeat(40), "- ");
        assert!(text.lines().all(|line| line.chars().count() <= 96));
        assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("  word")), "{text}");
    }
}
