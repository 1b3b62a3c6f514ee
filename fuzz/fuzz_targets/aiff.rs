#![no_main]
libfuzzer_sys::fuzz_target!(init: mixsmith_hostile::targets::let_catch(), |bytes: &[u8]| mixsmith_hostile::targets::reader("aiff", bytes));
