//! What is known of the real songs.

use std::path::Path;

use serde_json::Value;

/// File and label of every track with a part to play.
pub fn labels(folder: &Path) -> Vec<(String, String)> {
    let json = |name: &str| -> Value {
        std::fs::read_to_string(folder.join(name))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut out = Vec::new();
    if let Some(map) = json("roles.json").as_object() {
        out.extend(map.iter().map(|(file, label)| (file.clone(), text(label))));
    }
    for track in json("labels.json").as_array().into_iter().flatten() {
        out.push((text(&track["file"]), text(&track["instrument"])));
    }
    for track in json("truth.json")["tracks"].as_array().into_iter().flatten() {
        let label = text(&track["label"]);
        if !matches!(label.as_str(), "silence" | "duplicate" | "reference-mix") {
            out.push((text(&track["file"]), label));
        }
    }
    out
}
