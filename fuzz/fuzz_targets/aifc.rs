#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mixsmith_hostile::targets::reader("aifc", bytes));
