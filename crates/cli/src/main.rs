use mixsmith_pipeline::*;
struct Say;
impl Progress for Say { fn stage(&self, name: &str, _: u64) { eprintln!("{:?} == {name}", std::time::Instant::now()); } fn step(&self, _: u64, _: &str) {} }
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let f = Folder::open(std::path::Path::new(&a[1]), a.get(2).map(std::path::Path::new)).unwrap();
    match mix(&f, &Options::default(), &Say) {
        Ok(m) => {
            for d in &m.journal.decisions { println!("{:3} {:18} {:?} {}", d.id, d.rule, d.status, d.says); }
            for n in &m.notes { println!("note {}: {}", n.about, n.says); }
            for o in &m.manifest.outputs { println!("{:40} {:8} {:6.1} LUFS {:6.1} dBTP", o.file, o.kind, o.level.loudness, o.level.true_peak); }
            println!("stems-mix {:.1} groups {:.1}", m.manifest.stems_minus_mix, m.manifest.groups_minus_mix);
            for r in &m.rendered.reductions { println!("{r:?}"); }
        }
        Err(e) => println!("ERR {e}"),
    }
}
