#!/bin/sh
# Fuzzes on stable Rust, without cargo-fuzz: fuzz/run.sh SECONDS [TARGET...], all targets where none is named.
# Prints a row a target; what it learns stays in fuzz/corpus, what fails or is slow in fuzz/artifacts.
set -eu
cd "$(dirname "$0")"
seconds=$1
shift
[ $# -gt 0 ] || set -- wav rf64 w64 aiff aifc caf session flac ogg mp4 mkv mp3 aac
host=$(rustc -vV | sed -n 's/^host: //p')
build=${FUZZ_TARGET_DIR:-$PWD/target}

# What cargo-fuzz asks of the compiler. With --target, build scripts are spared it.
pass="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
pass="$pass -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
pass="$pass -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0"
RUSTFLAGS="--cfg fuzzing $pass" cargo build --release --target "$host" --target-dir "$build"
cargo build --manifest-path ../Cargo.toml -p mixsmith-hostile

# A short sound as real encoders write it, for the forms of which the corpus has but damaged ones.
sung() {
    ffmpeg -v error -y -f lavfi -i "sine=frequency=440:sample_rate=48000:duration=0.1" -fflags +bitexact \
        -flags:a +bitexact "$@" || echo "no seed $*: ffmpeg does not make it" >&2
}
real() {
    case $1 in
    ogg) sung -c:a libvorbis corpus/ogg/vorbis.ogg && sung -c:a flac corpus/ogg/flac.oga ;;
    mp4) sung -c:a aac corpus/mp4/aac.m4a && sung -c:a alac corpus/mp4/alac.m4a ;;
    mkv) sung -c:a libvorbis corpus/mkv/vorbis.mka && sung -c:a flac corpus/mkv/flac.mka ;;
    mp3) sung -c:a libmp3lame corpus/mp3/lame.mp3 ;;
    aac) sung -c:a aac corpus/aac/adts.aac ;;
    flac) sung -c:a flac corpus/flac/real.flac ;;
    esac
}

# Each run writes the bytes to a file and reads it: in memory, where the system has a disk there.
scratch=$(mktemp -d "$([ -d /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")/fuzz.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

echo "| target | seconds | seeds | executions | a second | edges | corpus | memory, MB | findings | slow |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
for name in "$@"; do
    mkdir -p "corpus/$name" "artifacts/$name"
    "${CARGO_TARGET_DIR:-../target}/debug/mixsmith-hostile" --seeds "$name" "corpus/$name"
    real "$name"
    seeds=$(find "corpus/$name" -type f | wc -l)
    log=artifacts/$name.log
    # The clock of a busy machine says little of a reader: what took a second is kept, and looked at for itself.
    TMPDIR=$scratch "$build/$host/release/$name" "corpus/$name" -max_total_time="$seconds" -rss_limit_mb=512 \
        -timeout=20 -report_slow_units=1 -max_len=20000 -print_final_stats=1 \
        -artifact_prefix="artifacts/$name/" >"$log" 2>&1 || true
    stat() { sed -n "s/^stat::$1: *//p" "$log"; }
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    ran=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$log")
    slow=$(find "artifacts/$name" -name 'slow-unit-*' | wc -l)
    echo "| $name | ${ran:-stopped} | $seeds | $(stat number_of_executed_units) | $(stat average_exec_per_sec) |" \
        "$edges | $(find "corpus/$name" -type f | wc -l) | $(stat peak_rss_mb) |" \
        "$(($(find "artifacts/$name" -type f | wc -l) - slow)) | $slow |"
done
