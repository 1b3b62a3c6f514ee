//! The mathematics of the system's library choose other code where a processor has fused multiplication; the sound must
//! not depend on it.
#![allow(clippy::disallowed_methods, reason = "starts itself again with other features")]

use std::process::Command;

use mixsmith_selftest::fingerprint;

/// Prints the fingerprint; the other test runs it in a process of its own.
#[test]
fn print_the_fingerprint() {
    println!("fingerprint {:016x}", fingerprint().unwrap());
}

#[test]
fn the_sound_does_not_depend_on_fused_multiplication() {
    if !cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")) {
        println!("skipped: only the GNU C library on x86-64 can be told to forget features");
        return;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "print_the_fingerprint", "--nocapture"]);
    command.env("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX2_Usable,-FMA_Usable,-FMA4_Usable");
    let ran = command.output().unwrap();
    let text = String::from_utf8_lossy(&ran.stdout);
    let own = format!("fingerprint {:016x}", fingerprint().unwrap());
    assert!(text.contains(&own), "without fused multiplication: {text}, with it: {own}");
}
