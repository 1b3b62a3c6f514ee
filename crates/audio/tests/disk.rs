//! What is on a disk whatever call fails and whenever the power goes: the old file or the new one, and no other.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use mixsmith_audio::disk::{Disk, Fault, Faulty, Memory, Recorded};
use mixsmith_audio::{Dither, Sample, SharedDisk, WavWriter, write_atomic};

/// Three seconds of a ramp: enough for several writes.
fn print(disk: &SharedDisk, path: &Path, level: f32) -> std::io::Result<()> {
    let ramp: Vec<f32> = (0..144_000).map(|n| level * n as f32 / 144_000.0).collect();
    let mut writer = WavWriter::create_on(disk, path, 48_000, 2, Sample::I24, Dither::Tpdf)?;
    for piece in ramp.chunks(30_000) {
        writer.write(&[piece, piece])?;
    }
    writer.finish().map(|_| ())
}

/// A disk with a print and a text on it.
fn before() -> BTreeMap<PathBuf, Vec<u8>> {
    let memory = Memory::default();
    let disk: SharedDisk = Arc::new(memory.clone());
    disk.make_folder(Path::new("/out")).unwrap();
    print(&disk, Path::new("/out/mix.wav"), 0.5).unwrap();
    write_atomic(&disk, Path::new("/out/session.toml"), b"old").unwrap();
    memory.files()
}

fn work(disk: &SharedDisk) -> std::io::Result<()> {
    write_atomic(disk, Path::new("/out/session.toml"), &b"new and much longer ".repeat(500))?;
    print(disk, Path::new("/out/mix.wav"), 0.9)?;
    print(disk, Path::new("/out/master.wav"), 0.9)
}

/// What the disk holds when all goes well.
fn after() -> BTreeMap<PathBuf, Vec<u8>> {
    let memory = Memory::of(&before());
    work(&(Arc::new(memory.clone()) as SharedDisk)).unwrap();
    memory.files()
}

/// Every file under its final name is whole: as it was, or as it was to be.
fn assert_old_or_new(files: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
    static KNOWN: LazyLock<[BTreeMap<PathBuf, Vec<u8>>; 2]> = LazyLock::new(|| [before(), after()]);
    let [old, new] = &*KNOWN;
    for (path, bytes) in files.iter().filter(|(path, _)| path.extension().is_none_or(|e| e != "part")) {
        let is = |set: &BTreeMap<PathBuf, Vec<u8>>| set.get(path) == Some(bytes);
        assert!(is(old) || is(new), "{what}: {} is {} bytes long", path.display(), bytes.len());
    }
    for path in old.keys() {
        assert!(files.contains_key(path), "{what}: {} is gone", path.display());
    }
}

#[test]
fn every_call_fails_in_turn_and_a_second_try_works() {
    let counted = Faulty::once(Memory::of(&before()), u64::MAX, Fault::Broken);
    work(&(Arc::new(counted.clone()) as SharedDisk)).unwrap();
    assert!(counted.calls() > 20, "{}", counted.calls());
    let new = after();
    for fault in Fault::ALL {
        for call in 0..counted.calls() {
            let memory = Memory::of(&before());
            let done = work(&(Arc::new(Faulty::once(memory.clone(), call, fault)) as SharedDisk));
            let what = format!("{fault:?} at call {call}");
            assert_eq!(done.is_err(), fault.is_error(), "{what}: {done:?}");
            assert_old_or_new(&memory.files(), &what);
            let parts =
                memory.files().keys().filter(|path| path.extension().is_some_and(|e| e == "part")).count();
            assert_eq!(parts, 0, "{what}");
            work(&(Arc::new(memory.clone()) as SharedDisk)).unwrap();
            assert_eq!(memory.files(), new, "{what}");
        }
    }
}

#[test]
fn a_disk_that_fills_up_leaves_no_name_with_a_wrong_length() {
    for call in 0..60 {
        let memory = Memory::of(&before());
        let _ = work(&(Arc::new(Faulty::from(memory.clone(), call, Fault::Full)) as SharedDisk));
        assert_old_or_new(&memory.files(), &format!("full from call {call} on"));
        assert!(memory.files().keys().all(|path| path.extension().is_none_or(|e| e != "part")));
    }
}

#[test]
fn a_power_cut_leaves_the_old_file_or_the_new_one() {
    let recorded = Recorded::of(before());
    work(&(Arc::new(recorded.clone()) as SharedDisk)).unwrap();
    let steps = recorded.steps().len();
    let mut dice = 0x2545_f491_4f6c_dd1du64;
    for cut in 0..=steps {
        for round in 0..20 {
            let mut lost = |_| {
                dice ^= dice << 13;
                dice ^= dice >> 7;
                dice ^= dice << 17;
                // All lost, none lost, and every mixture.
                round == 0 || round > 1 && dice % 100 < 5 * round
            };
            let left = recorded.after_a_power_cut(cut, &mut lost);
            assert_old_or_new(&left.files(), &format!("after {cut} of {steps} steps"));
        }
    }
    // What the program was told is done is there, whatever else is lost.
    let left = recorded.after_a_power_cut(steps, |_| true);
    assert_eq!(left.files(), after());
}

/// The test of the test: without the wait for the disk, a power cut does harm.
#[test]
fn a_power_cut_harms_what_is_written_without_waiting() {
    let recorded = Recorded::of(before());
    let path = Path::new("/out/session.toml");
    recorded.create(Path::new("/out/x.part")).unwrap().write_all(&[7; 5000]).unwrap();
    recorded.rename(Path::new("/out/x.part"), path).unwrap();
    let mut call = 0;
    // The content is lost and the name is not.
    let left = recorded.after_a_power_cut(recorded.steps().len(), |_| {
        call += 1;
        call == 2
    });
    assert_ne!(left.read(path).unwrap(), [7; 5000]);
    assert_ne!(left.read(path).unwrap(), b"old");
}
