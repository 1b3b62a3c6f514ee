//! The order of tables and rows, without losing what stands around them.

use toml_edit::{Item, Key, Table, TableLike};

/// Puts the named entries of a table into an order. Entries that are not named keep their places.
pub(crate) fn arrange(table: &mut Table, wanted: &[&str]) {
    let mut entries = take(table);
    let places: Vec<usize> = (0..entries.len()).filter(|&i| wanted.contains(&entries[i].0.get())).collect();
    let mut named: Vec<(Key, Item)> = places.iter().rev().map(|&i| entries.remove(i)).collect();
    named.sort_by_key(|(key, _)| wanted.iter().position(|&word| word == key.get()));
    for (place, entry) in places.into_iter().zip(named) {
        entries.insert(place, entry);
    }
    give(table, entries);
}

/// Puts an entry after another one, or at the end when that one is not there.
pub(crate) fn insert_after(table: &mut dyn TableLike, before: &[&str], name: &str, item: Item) {
    table.insert(name, item);
    // Where rows in front of it are known, the new one follows the last of them; only plain tables can be reordered.
    let order: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    let Some(place) = order.iter().rposition(|word| before.contains(&word.as_str())) else { return };
    let mut wanted: Vec<&str> = order.iter().map(String::as_str).filter(|&word| word != name).collect();
    wanted.insert(place + 1, name);
    reorder(table, &wanted);
}

fn reorder(table: &mut dyn TableLike, wanted: &[&str]) {
    let mut entries = Vec::new();
    for word in wanted {
        let Some(key) = table.key(word).cloned() else { continue };
        let Some(item) = table.remove(word) else { continue };
        entries.push((key, item));
    }
    for (key, item) in entries {
        table.entry_format(&key).or_insert(item);
    }
}

/// Numbers the tables in the order of their parents, so that they print where they stand.
pub(crate) fn number(table: &mut Table, next: &mut isize) {
    if table.position().is_some() || !table.is_implicit() {
        table.set_position(Some(*next));
        *next += 1;
    }
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(inner) => number(inner, next),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(|inner| number(inner, next)),
            _ => {}
        }
    }
}

fn take(table: &mut Table) -> Vec<(Key, Item)> {
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    names.iter().filter_map(|name| table.remove_entry(name)).collect()
}

fn give(table: &mut Table, entries: Vec<(Key, Item)>) {
    for (key, item) in entries {
        table.insert_formatted(&key, item);
    }
}
