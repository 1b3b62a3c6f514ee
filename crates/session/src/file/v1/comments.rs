//! What a person wrote around a thing that leaves the file.

use toml_edit::{Decor, Item, Key, RawString, TableLike, Value};

/// The comments in and around a row or a table, without their `#`.
pub(crate) fn of(key: Option<&Key>, item: &Item) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(key) = key {
        decor(key.leaf_decor(), &mut found);
    }
    in_item(item, &mut found);
    found
}

/// The comments in and around a value.
pub(crate) fn of_value(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    in_value(value, &mut found);
    found
}

fn in_item(item: &Item, found: &mut Vec<String>) {
    match item {
        Item::None => {}
        Item::Value(value) => in_value(value, found),
        Item::Table(table) => {
            decor(table.decor(), found);
            in_table(table, found);
        }
        Item::ArrayOfTables(tables) => {
            for table in tables {
                decor(table.decor(), found);
                in_table(table, found);
            }
        }
    }
}

fn in_table(table: &dyn TableLike, found: &mut Vec<String>) {
    for (name, item) in table.iter() {
        if let Some(key) = table.key(name) {
            decor(key.leaf_decor(), found);
            decor(key.dotted_decor(), found);
        }
        in_item(item, found);
    }
}

fn in_value(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(array) => {
            array.iter().for_each(|value| in_value(value, found));
            raw(Some(array.trailing()), found);
        }
        Value::InlineTable(table) => {
            in_table(table, found);
            raw(Some(table.trailing()), found);
        }
        _ => {}
    }
    decor(value.decor(), found);
}

fn decor(decor: &Decor, found: &mut Vec<String>) {
    raw(decor.prefix(), found);
    raw(decor.suffix(), found);
}

fn raw(text: Option<&RawString>, found: &mut Vec<String>) {
    for line in text.and_then(RawString::as_str).unwrap_or_default().lines() {
        if let Some((_, comment)) = line.split_once('#') {
            found.push(comment.trim().to_owned());
        }
    }
}
