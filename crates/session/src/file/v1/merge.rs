//! A new session into the file of an old one: only what differs changes.

use std::collections::BTreeMap;

use mixsmith_processor::Kinds;
use toml_edit::{Array, Document, DocumentMut, Item, Table, TableLike, Value};

use super::page::{Page, Row, pages, print};
use super::parse::{Origins, Read, parse};
use super::{comments, order};
use crate::Session;
use crate::file::lines::Lines;

/// Times that the result is read again and brought nearer. Once is enough unless a line that could not be used before
/// (a route to a strip that was missing) means something now.
const ROUNDS: usize = 4;

/// See [`crate::update`]; `old_text` is TOML.
pub(crate) fn update(old_text: &str, session: &Session, kinds: &Kinds) -> String {
    if old_text.trim().is_empty() {
        return print(session, kinds);
    }
    let mut text = old_text.to_owned();
    for _ in 0..ROUNDS {
        let Some(read) = read(&text, kinds) else { break };
        if read.session == *session {
            return text;
        }
        let Some(next) = step(&text, &read, session, kinds) else { break };
        text = next;
    }
    if read(&text, kinds).is_some_and(|read| read.session == *session) {
        return text;
    }
    afresh(old_text, session, kinds)
}

/// The session in the canonical form, with the old text as comments below it.
pub(crate) fn afresh(old_text: &str, session: &Session, kinds: &Kinds) -> String {
    let mut text = print(session, kinds);
    text.push_str("\n# The file before this one could not be kept up. It was:\n");
    old_text.lines().for_each(|line| push_comment(&mut text, line));
    text
}

fn push_comment(text: &mut String, line: &str) {
    // TOML allows no control characters in comments but the tab.
    let line: String = line.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
    text.push_str(format!("# {}", line.trim_end()).trim_end());
    text.push('\n');
}

fn read(text: &str, kinds: &Kinds) -> Option<Read> {
    Some(parse(text, Document::parse(text).ok()?.as_table(), kinds))
}

fn step(old_text: &str, read: &Read, session: &Session, kinds: &Kinds) -> Option<String> {
    let document: DocumentMut = old_text.parse().ok()?;
    let mut merge = Merge { document, origins: &read.origins, left: Vec::new() };
    merge.merge(&pages(&read.session, kinds), &pages(session, kinds))?;
    let mut text = merge.document.to_string();
    let lines = Lines::new(old_text);
    let problems = read.problems.iter().map(|problem| lines.text(problem.line).trim());
    let lost = problems.filter(|line| !line.is_empty() && !text.contains(line)).map(str::to_owned);
    let mut left: Vec<String> = lost.chain(merge.left).filter(|line| !line.is_empty()).collect();
    left.dedup();
    if !left.is_empty() {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str("\n# Kept from what is no more:\n");
        left.iter().for_each(|line| push_comment(&mut text, line));
    }
    // The printer ends lines with \n only.
    Some(if old_text.contains("\r\n") { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text })
}

struct Merge<'a> {
    document: DocumentMut,
    origins: &'a Origins,
    /// Comments and lines of what has gone.
    left: Vec<String>,
}

impl Merge<'_> {
    fn merge(&mut self, old: &[Page], new: &[Page]) -> Option<()> {
        let by_path = |pages: &[Page]| -> BTreeMap<Vec<String>, Page> {
            pages.iter().map(|page| (page.path.clone(), page.clone())).collect()
        };
        let (old_pages, new_pages) = (by_path(old), by_path(new));
        for page in old.iter().filter(|page| !new_pages.contains_key(&page.path)) {
            self.remove_page(&page.path);
        }
        for page in new {
            match old_pages.get(&page.path) {
                Some(before) if before == page => {}
                Some(before) if self.table(&page.path).is_some() => self.rows(before, page)?,
                _ => self.add_page(page)?,
            }
        }
        self.order(old, new);
        Some(())
    }

    fn table(&mut self, path: &[String]) -> Option<&mut dyn TableLike> {
        let mut table: &mut dyn TableLike = self.document.as_table_mut();
        for word in path {
            table = table.get_mut(word)?.as_table_like_mut()?;
        }
        Some(table)
    }

    fn remove_page(&mut self, path: &[String]) {
        let Some((name, parent)) = path.split_last() else { return };
        let Some(table) = self.table(parent) else { return };
        let key = table.key(name).cloned();
        if let Some(item) = table.remove(name) {
            self.left.extend(comments::of(key.as_ref(), &item));
        }
    }

    /// Adds a table. What stood there could not be used: it leaves its text behind.
    fn add_page(&mut self, page: &Page) -> Option<()> {
        if let Some((name, parent)) = page.path.split_last()
            && let Some(item) = self.table(parent).and_then(|table| table.remove(name))
        {
            self.left.extend(item.to_string().lines().map(|line| line.trim().to_owned()));
        }
        let mut table: &mut dyn TableLike = self.document.as_table_mut();
        for (depth, word) in page.path.iter().enumerate() {
            let last = depth + 1 == page.path.len();
            if table.get(word).is_some_and(|item| !item.is_table_like())
                && let Some(item) = table.remove(word)
            {
                self.left.extend(item.to_string().lines().map(|line| line.trim().to_owned()));
            }
            if !table.contains_key(word) {
                let mut fresh = Table::new();
                fresh.set_implicit(!last);
                let before: &[&str] = match word.as_str() {
                    "lanes" if last => &["inserts", "sends"],
                    "sends" => &["inserts"],
                    _ => &[],
                };
                order::insert_after(table, before, word, Item::Table(fresh));
            }
            table = table.get_mut(word)?.as_table_like_mut()?;
        }
        for (name, row) in &page.rows {
            table.insert(name, Item::Value(row.value()?));
        }
        Some(())
    }

    fn rows(&mut self, old: &Page, new: &Page) -> Option<()> {
        let find =
            |page: &Page, name: &str| page.rows.iter().find(|(n, _)| n == name).map(|(_, row)| row.clone());
        let mut left = Vec::new();
        let origins = self.origins;
        let table = self.table(&new.path)?;
        for (name, _) in old.rows.iter().filter(|(name, _)| find(new, name).is_none()) {
            let key = table.key(name).cloned();
            if let Some(item) = table.remove(name) {
                left.extend(comments::of(key.as_ref(), &item));
            }
        }
        for (place, (name, row)) in new.rows.iter().enumerate() {
            let before = find(old, name);
            if before.as_ref() == Some(row) {
                continue;
            }
            let Some(item) = table.get_mut(name) else {
                let earlier: Vec<&str> = new.rows[..place].iter().map(|(name, _)| name.as_str()).collect();
                order::insert_after(table, &earlier, name, Item::Value(row.value()?));
                continue;
            };
            let origin = origins.get(&(new.path.clone(), name.clone()));
            match (item, &before, row, origin) {
                (
                    Item::Value(Value::Array(array)),
                    Some(Row::List(before)),
                    Row::List(list),
                    Some(origin),
                ) if origin.len() == before.len() && origin.is_sorted() => {
                    merge_list(array, before, list, origin, &mut left)?;
                }
                (Item::Value(value), _, _, _) => {
                    let mut fresh = row.value()?;
                    if let Value::Array(array) = value {
                        left.extend(array.iter().flat_map(comments::of_value));
                    }
                    *fresh.decor_mut() = value.decor().clone();
                    *value = fresh;
                }
                (item, ..) => {
                    left.extend(item.to_string().lines().map(|line| line.trim().to_owned()));
                    *item = Item::Value(row.value()?);
                }
            }
        }
        self.left.extend(left);
        Some(())
    }

    /// Puts sources, strips, inserts, sends and lanes in order where the order has changed.
    fn order(&mut self, old: &[Page], new: &[Page]) {
        let mut moved = false;
        let strips = new.iter().filter(|page| page.path.len() == 2 && page.path[0] == "strip");
        let inside = strips
            .flat_map(|page| ["inserts", "sends"].map(|word| [&page.path[..], &[word.to_owned()]].concat()));
        let parents: Vec<Vec<String>> =
            [vec!["source".to_owned()], vec!["strip".to_owned()]].into_iter().chain(inside).collect();
        for parent in parents {
            let wanted = children(new, &parent);
            if children(old, &parent) == wanted {
                continue;
            }
            moved |= self.arrange(&parent, &wanted);
        }
        for page in new.iter().filter(|page| page.path.last().is_some_and(|word| word == "lanes")) {
            let names = |page: &Page| page.rows.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            let wanted = names(page);
            if old.iter().any(|before| before.path == page.path && names(before) != wanted) {
                let words: Vec<&str> = wanted.iter().map(String::as_str).collect();
                self.arrange(&page.path, &words);
            }
        }
        if moved {
            order::number(self.document.as_table_mut(), &mut 0);
        }
    }

    /// Is there anything in the table that was not in the wanted order? Then puts it so.
    fn arrange(&mut self, parent: &[String], wanted: &[&str]) -> bool {
        let mut item: &mut Item = self.document.as_item_mut();
        for word in parent {
            let Some(inner) = item.get_mut(word.as_str()) else { return false };
            item = inner;
        }
        let Some(table) = item.as_table_mut() else { return false };
        order::arrange(table, wanted);
        true
    }
}

fn children<'p>(pages: &'p [Page], parent: &[String]) -> Vec<&'p str> {
    let inside =
        pages.iter().filter(|page| page.path.len() == parent.len() + 1 && page.path.starts_with(parent));
    inside.filter_map(|page| page.path.last().map(String::as_str)).collect()
}

/// Changes the elements that differ; `origin` says where each old element stands among those that cannot be used.
fn merge_list(
    array: &mut Array,
    old: &[String],
    new: &[String],
    origin: &[usize],
    left: &mut Vec<String>,
) -> Option<()> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (mut gone, mut fresh) = (&origin[head..old.len() - tail], &new_rest[..new_rest.len() - tail]);
    while let (Some((&place, rest)), Some((text, more))) = (gone.split_first(), fresh.split_first()) {
        let mut value: Value = text.parse().ok()?;
        *value.decor_mut() = array.get(place)?.decor().clone();
        array.replace_formatted(place, value);
        (gone, fresh) = (rest, more);
    }
    for &place in gone.iter().rev() {
        left.extend(comments::of_value(&array.remove(place)));
    }
    let replaced = old.len() - tail - gone.len();
    let start = if replaced == 0 { 0 } else { origin[replaced - 1] + 1 };
    let broken = array.iter().any(|value| decor_prefix(value).contains('\n'));
    for (i, text) in fresh.iter().enumerate() {
        let lead = if broken || array.is_empty() {
            "\n    "
        } else if start + i == 0 {
            ""
        } else {
            " "
        };
        array.insert_formatted(start + i, text.parse::<Value>().ok()?.decorated(lead, ""));
    }
    Some(())
}

fn decor_prefix(value: &Value) -> &str {
    value.decor().prefix().and_then(|raw| raw.as_str()).unwrap_or_default()
}

impl Row {
    /// The row as TOML; a list breaks after every element.
    fn value(&self) -> Option<Value> {
        match self {
            Row::One(text) => text.parse().ok(),
            Row::List(list) => {
                let mut array = Array::new();
                for text in list {
                    array.push_formatted(text.parse::<Value>().ok()?.decorated("\n    ", ""));
                }
                array.set_trailing("\n");
                array.set_trailing_comma(true);
                Some(Value::Array(array))
            }
        }
    }
}
