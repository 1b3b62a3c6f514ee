//! XML, with nothing that can do harm: no document types, no entities but the five and numbers, and limits.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::ReadError;

/// Deepest nesting. Bitwig's deepest is eleven; groups in groups add one each.
const DEEPEST: usize = 64;
/// Most elements.
const MOST: usize = 200_000;
/// Most attributes of all elements. With the elements they take less than 100 MB.
const MOST_ATTRIBUTES: usize = 500_000;

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Node {
    pub name: String,
    attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    pub text: String,
}

impl Node {
    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// An attribute that is a finite number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Reads a document and gives its root.
pub(crate) fn parse(text: &str) -> Result<Node, ReadError> {
    parse_without(text, &[])
}

/// Reads a document without the elements of some names and all that is in them.
pub(crate) fn parse_without(text: &str, left: &[&str]) -> Result<Node, ReadError> {
    let refused = |what: &str| ReadError::Refused(what.to_owned());
    let broken = |what: String| ReadError::NotThis("XML", what);
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let (mut open, mut root): (Vec<Node>, Option<Node>) = (Vec::new(), None);
    let (mut count, mut attributes) = (0, 0);
    // How deep it is inside of an element that is left out.
    let mut out = 0usize;
    loop {
        match reader.read_event().map_err(|error| broken(error.to_string()))? {
            Event::Start(_) if out > 0 => {
                out += 1;
                if open.len() + out > DEEPEST {
                    return Err(refused("it is nested deeper than any project"));
                }
            }
            Event::End(_) if out > 0 => out -= 1,
            Event::Empty(_) | Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) if out > 0 => {}
            Event::Start(start) if left.contains(&start.name().as_ref()) => out = 1,
            Event::Empty(start) if left.contains(&start.name().as_ref()) => {}
            event @ (Event::Start(_) | Event::Empty(_)) => {
                let (start, empty) = match &event {
                    Event::Start(start) => (start, false),
                    Event::Empty(start) => (start, true),
                    _ => continue,
                };
                count += 1;
                if count > MOST {
                    return Err(refused("it has more elements than any project"));
                }
                if open.len() >= DEEPEST {
                    return Err(refused("it is nested deeper than any project"));
                }
                let node = element(start, &mut attributes)?;
                if empty { close(node, &mut open, &mut root)? } else { open.push(node) }
            }
            Event::End(_) => {
                let node = open.pop().ok_or_else(|| broken("an end without a start".to_owned()))?;
                close(node, &mut open, &mut root)?;
            }
            Event::Text(part) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&part);
                }
            }
            Event::CData(part) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&part);
                }
            }
            Event::GeneralRef(entity) => {
                let number = entity.resolve_char_ref().map_err(|error| broken(error.to_string()))?;
                let known = match &*entity {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                };
                let c = number.or(known).ok_or_else(|| refused("it names an entity of its own"))?;
                if let Some(node) = open.last_mut() {
                    node.text.push(c);
                }
            }
            Event::DocType(_) => return Err(refused("it has a document type")),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if !open.is_empty() || out > 0 {
        return Err(broken("it ends in the middle".to_owned()));
    }
    root.ok_or_else(|| broken("it has no element".to_owned()))
}

fn element(start: &BytesStart<'_>, count: &mut usize) -> Result<Node, ReadError> {
    let broken = |what: String| ReadError::NotThis("XML", what);
    let mut node = Node { name: start.name().as_ref().to_owned(), ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| broken(error.to_string()))?;
        *count += 1;
        if *count > MOST_ATTRIBUTES {
            return Err(ReadError::Refused("it has more attributes than any project".to_owned()));
        }
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|error| ReadError::Refused(error.to_string()))?;
        node.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    node.attributes.shrink_to_fit();
    Ok(node)
}

fn close(node: Node, open: &mut [Node], root: &mut Option<Node>) -> Result<(), ReadError> {
    match open.last_mut() {
        Some(parent) => parent.children.push(node),
        None if root.is_none() => *root = Some(node),
        None => return Err(ReadError::NotThis("XML", "it has two roots".to_owned())),
    }
    Ok(())
}

/// Writes a document, element by element.
#[derive(Debug)]
pub(crate) struct Writer {
    text: String,
    open: Vec<&'static str>,
}

impl Writer {
    /// Begins a document.
    pub fn new(declaration: &str) -> Self {
        Writer { text: format!("{declaration}\n"), open: Vec::new() }
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, String)], end: &str) {
        let indent = 4 * self.open.len();
        let _ = write!(self.text, "{:indent$}<{name}", "");
        for (key, value) in attributes {
            let _ = write!(self.text, " {key}=\"{}\"", escape(value));
        }
        self.text.push_str(end);
    }

    /// Opens an element.
    pub fn open(&mut self, name: &'static str, attributes: &[(&str, String)]) {
        self.tag(name, attributes, ">\n");
        self.open.push(name);
    }

    /// Closes the element that was opened last.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            let indent = 4 * self.open.len();
            let _ = writeln!(self.text, "{:indent$}</{name}>", "");
        }
    }

    /// An element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, String)]) {
        self.tag(name, attributes, "/>\n");
    }

    /// An element with text.
    pub fn text(&mut self, name: &str, attributes: &[(&str, String)], text: &str) {
        self.tag(name, attributes, ">");
        // Lines in a text stay lines; in an attribute they would become spaces.
        let _ = writeln!(self.text, "{}</{name}>", escape(text).replace("&#10;", "\n"));
    }

    /// The document.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

/// Text as XML has it. What XML cannot hold at all becomes a space.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut writer = Writer::new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        writer.open("a", &[("name", "<\"Ü\" & 'b'>\n".to_owned())]);
        writer.text("b", &[], "x & y");
        writer.empty("c", &[("n", "1.5".to_owned())]);
        let node = parse(&writer.finish()).unwrap();
        assert_eq!(node.get("name"), Some("<\"Ü\" & 'b'>\n"));
        assert_eq!(node.child("b").unwrap().text, "x & y");
        assert_eq!(node.child("c").unwrap().number("n"), Some(1.5));
    }

    #[test]
    fn what_is_left_out_is_not_there() {
        let node = parse_without("<a><b><b>x<c/></b></b><b/><d>y</d></a>", &["b"]).unwrap();
        assert_eq!((node.children.len(), node.child("d").unwrap().text.as_str()), (1, "y"));
        assert!(parse_without("<a><b></a>", &["b"]).is_err() && parse_without("<a><b>", &["b"]).is_err());
        assert!(parse_without(&format!("<a>{}", "<b>".repeat(100_000)), &["b"]).is_err());
    }

    #[test]
    fn harm_is_refused() {
        let laughs = "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>";
        let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
        let deep = "<a>".repeat(100_000);
        let many = format!("<a>{}</a>", "<b/>".repeat(MOST + 1));
        for bad in [laughs, outside, &deep, &many, "<a>&b;</a>", "<a b=\"&c;\"/>"] {
            assert!(matches!(parse(bad), Err(ReadError::Refused(_))), "{}", &bad[..bad.len().min(60)]);
        }
        for broken in ["", "x", "<a>", "<a></b>", "<a/><b/>", "<a b='1' b='2'/>", "</a>"] {
            assert!(parse(broken).is_err(), "{broken}");
        }
    }
}
